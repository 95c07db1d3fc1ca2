"""Draws the learning curve that train.py wrote as an SVG file.

    python plot.py --curve learning_curve.csv --out learning_curve.svg
"""

import argparse
import csv

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 380, 64, 64, 36, 48
EXACT, LOSS = "#1b7f5c", "#c2622d"


def draw(rows):
    """The picture: exact match (left axis, 0 to 1) and held-out loss (right axis) over examples seen."""
    most = max(row["examples"] for row in rows)
    top_loss = max(row["heldout_loss"] for row in rows)
    x = lambda row: LEFT + (WIDTH - LEFT - RIGHT) * row["examples"] / most
    y = lambda share: HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
        "<title>Learning curve: exact match and loss on held-out synthetic campaigns</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<path d="M{LEFT} {y(share):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(text(LEFT - 8, y(share) + 4, f"{share:.2f}", "end", EXACT))
        parts.append(text(WIDTH - RIGHT + 8, y(share) + 4, f"{share * top_loss:.2f}", "start", LOSS))
    for step in range(5):
        at = LEFT + (WIDTH - LEFT - RIGHT) * step / 4
        parts.append(text(at, HEIGHT - BOTTOM + 20, f"{most * step / 4 / 1000:.0f}k", "middle", "#555"))
    parts.append(text(WIDTH / 2, HEIGHT - 10, "examples seen", "middle", "#555"))
    parts.append(text(LEFT, 20, "exact match", "start", EXACT))
    parts.append(text(WIDTH - RIGHT, 20, "loss per token", "end", LOSS))
    parts += curve([(x(row), y(row["heldout_exact"])) for row in rows], EXACT)
    parts += curve([(x(row), y(row["heldout_loss"] / top_loss)) for row in rows], LOSS)
    return "\n".join([*parts, "</svg>", ""])


def curve(points, colour):
    yield f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y in points:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'


def text(x, y, words, anchor, colour):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--curve", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    with open(args.curve, newline="") as file:
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    if len(rows) < 2:
        raise SystemExit(f"{args.curve}: expected two measurements or more, found {len(rows)}")
    with open(args.out, "w") as file:
        file.write(draw(rows))


if __name__ == "__main__":
    main()
