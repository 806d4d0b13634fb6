"""Runs the commands of Docs/Tool.md and writes what they print below them.

    swift build -c release --product smtp
    python3 Tests/SMTPToolTests/Documentation/worked_commands.py .build/release

Every line in a `console` block that begins with `$ ` is a command; what stands between it and the next, or the end of
the block, is replaced. All commands run in one bash, in an empty directory, with the given directory first in PATH.
Port 2525 must be free.
"""

import os
import re
import subprocess
import sys
import tempfile

PAGE = os.path.join(os.path.dirname(__file__), "..", "..", "..", "Docs", "Tool.md")
END = "-- end of output --"


def run(commands, programs):
    """What each command printed, both streams together."""
    script = "".join(f"{command}\nprintf '\\n%s\\n' '{END}'\n" for command in commands)
    environment = {
        "PATH": f"{os.path.abspath(programs)}:{os.environ['PATH']}",
        "HOME": os.environ["HOME"],
        "LC_ALL": "C.UTF-8",
    }
    with tempfile.TemporaryDirectory() as directory:
        shell = subprocess.run(
            ["bash", "-c", "exec 2>&1; set -m\n" + script],
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            cwd=directory,
            env=environment,
            timeout=300,
            text=True,
        )
    # What bash says of jobs comes whenever it likes.
    output = re.sub(r"(?m)^\[\d+\][+-]? .*\n", "", shell.stdout)
    return [part.strip("\n") for part in output.split(END)][: len(commands)]


def main():
    with open(PAGE, encoding="utf-8") as page:
        lines = page.read().split("\n")
    kept, commands, inside = [], [], False
    for line in lines:
        if line.startswith("```"):
            inside = line == "```console"
            kept.append(line)
        elif not inside:
            kept.append(line)
        elif line.startswith("$ "):
            kept.append(line)
            commands.append(line[2:])
    outputs = iter(run(commands, sys.argv[1]))
    result, inside = [], False
    for line in kept:
        result.append(line)
        if line.startswith("```"):
            inside = line == "```console"
        elif inside:
            output = next(outputs)
            if output:
                result.append(output)
    with open(PAGE, "w", encoding="utf-8") as page:
        page.write("\n".join(result))


main()
