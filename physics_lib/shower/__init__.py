"""The electromagnetic shower: processes, cascade transport, track lengths."""
