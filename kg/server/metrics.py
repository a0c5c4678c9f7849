"""Counters of a running server, as Prometheus reads them (text format 0.0.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What was asked and how long it took."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, int, str]] = Counter()
        self._buckets = [0] * (len(_BOUNDS) + 1)
        self._seconds = 0.0
        self._bytes = 0

    def count(self, route: str, status: int, reason: str, seconds: float, size: int) -> None:
        """Count a request that ended: the kind of path, its status, the reason of a problem, its time and its bytes out."""
        self._requests[route, status, reason] += 1
        self._seconds += seconds
        self._bytes += size
        for place, bound in enumerate(_BOUNDS):
            if seconds <= bound:
                self._buckets[place] += 1
                return
        self._buckets[-1] += 1

    def render(self, gauges: Mapping[str, float], workers: Mapping[str, int]) -> str:
        """All of them. `gauges` are values of this moment by name, `workers` what became of workers and jobs."""
        lines = ["# TYPE kg_requests_total counter"]
        for (route, status, reason), number in sorted(self._requests.items()):
            lines.append(f'kg_requests_total{{route="{route}",status="{status}",reason="{reason}"}} {number}')
        lines.append("# TYPE kg_request_seconds histogram")
        total = 0
        for bound, number in zip([*map(str, _BOUNDS), "+Inf"], self._buckets, strict=True):
            total += number
            lines.append(f'kg_request_seconds_bucket{{le="{bound}"}} {total}')
        lines += [f"kg_request_seconds_sum {self._seconds:.6f}", f"kg_request_seconds_count {total}"]
        lines += ["# TYPE kg_response_bytes_total counter", f"kg_response_bytes_total {self._bytes}"]
        lines.append("# TYPE kg_worker_events_total counter")
        lines += [f'kg_worker_events_total{{event="{event}"}} {number}' for event, number in sorted(workers.items())]
        for name, value in sorted(gauges.items()):
            lines += [f"# TYPE kg_{name} gauge", f"kg_{name} {value:g}"]
        return "\n".join(lines) + "\n"
