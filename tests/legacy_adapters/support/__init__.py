"""What the adapters' tests share."""
