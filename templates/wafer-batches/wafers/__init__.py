"""Is a wafer faulty? Known from what 590 sensors said while it was made."""
