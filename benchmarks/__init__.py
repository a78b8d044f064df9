"""The benchmark: helenus beside the raw driver and other mappers, on one real node. Run it with ``make bench``."""
