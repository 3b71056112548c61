"""What came, read: feeds in every format, dates, text, encodings. Pure."""
