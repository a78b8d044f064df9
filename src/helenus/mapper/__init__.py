"""Models: classes whose instances are rows, and the queries and batches on them."""
