"""What is fetched from outside besides the networks' own answers: public pages, attachments, one guarded way out."""
