"""The plot: a panel of bars for each workload, drawn as SVG by hand, so that no drawing library is needed."""

from __future__ import annotations

from html import escape

from benchmarks.figures import main_measure, middle
from benchmarks.report import Results, number, title

COLUMNS, PANEL, GAP, BAR, LABEL = 3, 360, 24, 17, 84
MARGIN, TOP = 24, 84
COLOURS = {"raw": "#8a8f98", "raw-default": "#b9bdc4", "helenus": "#0b6e4f"}
OTHER = "#c8a24a"


def svg(results: Results) -> str:
    """Return the plot of a run: median client CPU time of each contestant, and bytes for memory."""
    parts: list[str] = []
    y, names = TOP, results.workloads
    for start in range(0, len(names), COLUMNS):
        row = names[start : start + COLUMNS]
        drawn = [_panel(results, name, MARGIN + i * (PANEL + GAP), y) for i, name in enumerate(row)]
        parts += [part for panel, _ in drawn for part in panel]
        y += max(height for _, height in drawn) + GAP
    width, about = 2 * MARGIN + COLUMNS * PANEL + (COLUMNS - 1) * GAP, results.about
    size = f'width="{width}" height="{y}" viewBox="0 0 {width} {y}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="DejaVu Sans, sans-serif" font-size="12">',
        f'<rect width="{width}" height="{y}" fill="#ffffff"/>',
        _text(MARGIN, 34, "Client CPU time of one operation (shorter is better)", 'font-size="19" font-weight="bold"'),
        _text(
            MARGIN,
            56,
            f"medians of {about['rounds']} rounds, {about['date']}, commit {about['commit']}"
            + (f" - NOT FOR JUDGING: {about['disturbed']}" if about["disturbed"] else ""),
            'fill="#555555"',
        ),
    ]
    return "\n".join([*lines, *parts, "</svg>", ""])


def _panel(results: Results, workload: str, x: float, y: float) -> tuple[list[str], float]:
    measure = main_measure(workload)
    found = [(who, middle(results.found, workload, who, measure)) for who in results.names]
    bars = [(who, cost) for who, cost in found if cost is not None]
    longest = max((cost for _, cost in bars), default=1.0) or 1.0
    parts = [_text(x, y + 12, title(workload), 'font-weight="bold" font-size="11.5"')]
    room = PANEL - LABEL - 52
    for place, (who, cost) in enumerate(bars):
        top = y + 22 + place * (BAR + 4)
        weight = 'font-weight="bold"' if who == "helenus" else ""
        width = max(1.0, room * max(cost, 0.0) / longest)
        parts += [
            _text(x + LABEL - 6, top + 13, who, f'text-anchor="end" {weight}'),
            f'<rect x="{x + LABEL}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{COLOURS.get(who, OTHER)}"/>',
            _text(x + LABEL + width + 5, top + 13, number(cost), weight),
        ]
    return parts, 22 + len(bars) * (BAR + 4)


def _text(x: float, y: float, words: str, attributes: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {attributes}>{escape(words)}</text>'
