// A whole Bluesky network on loopback: registry of identities, server of accounts, and the view that apps see.
// Ports and the database come in by environment variables; it says READY once everything answers.
const { TestNetwork } = require('@atproto/dev-env');

const port = (name) => Number(process.env[name]);
const schema = 'school_monitor';

async function main() {
  const network = await TestNetwork.create({
    dbPostgresSchema: schema,
    plc: { port: port('PLC_PORT') },
    pds: { port: port('PDS_PORT'), hostname: 'localhost', enableDidDocWithSession: true },
    bsky: { dbPostgresSchema: schema, port: port('VIEW_PORT'), publicUrl: `http://localhost:${port('VIEW_PORT')}` },
  });
  const stop = async () => { await network.close(); process.exit(0); };
  process.on('SIGTERM', stop);
  process.stdin.on('end', stop).resume();  // whoever started it is gone
  console.log('READY');
}

main().catch((error) => { console.error(error); process.exit(1); });
