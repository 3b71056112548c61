"""What every service shares: settings, logging, clock, back-off, shutdown."""
