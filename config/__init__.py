"""What the school sets: settings, secrets and policy packs. Imports nothing else of ours."""
