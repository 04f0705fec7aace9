"""What the suite prints, 80 columns wide."""

import textwrap

from suite import tools


def short(value):
    if value is None:
        return "-"
    if value and (value < 0.01 or value >= 1e5):
        return f"{value:.1e}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def of_problem(result):
    head = f"{result['title']}, {result['cells']} cells" if result["cells"] != "-" else result["title"]
    lines = ["", f"{head:<55}{'error':>8}{'seconds':>9}{'ratio':>8}", "-" * 80]
    for row in result["rows"]:
        if "seconds" not in row:
            reason = f"not here: {row['missing']}" if "missing" in row else f"failed: {row['failed']}"
            lines.append(f"{row['tool']}: {reason}"[:80])
            continue
        name = f"{row['tool']} {row['version']}, {row['note']}"
        lines.append(f"{name[:54]:<55}{short(row['error']):>8}{short(row['seconds']):>9}{short(row.get('ratio')):>8}")
    return "\n".join(lines)


def notes(results):
    used = {row["tool"]: row["licence"] for result in results for row in result["rows"] if "seconds" in row}
    lines = ["Seconds of processor time, one thread, the best of three runs at most; ratios to the first row of each table.",
             "Licences: " + "; ".join(f"{tool}: {licence}" for tool, licence in used.items())]
    return "\n" + "\n".join(textwrap.fill(line, 80) for line in lines)


def listing(session, problems):
    lines = ["Problems:"]
    lines += [f"  {p.name:<15}{p.title}, {p.cells}" for p in problems]
    lines.append("Tools:")
    for name, tool in tools.TOOLS.items():
        missing = session.missing(name)
        state = f"not here, needs {missing}" if missing else "here"
        lines.append(f"  {name:<13}{state}; {tool.licence}")
    return "\n".join(lines)
