"""What the mechanism prescribes, as data files with one loader."""
