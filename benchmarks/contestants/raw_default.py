"""The raw driver with its own socket options: a request of more than 4 KiB waits for a delayed acknowledgement."""

from __future__ import annotations

from benchmarks.contestants import raw


class Worker(raw.Worker):
    """The raw driver as it comes."""

    sockopts = None

    @classmethod
    def can(cls) -> list[str]:
        """Name the one workload in which it differs."""
        return ["batch_100"]
