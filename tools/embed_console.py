#!/usr/bin/env python3
"""Writes the sources that put the built console into the program: embed_console.py FROM TO

TO/embedded_console.S includes the bytes of every file of FROM, TO/embedded_console.cpp names them
for src/app/console_http.hpp. Files ending in .br and .gz are forms of the file without the ending.
"""
import sys
from pathlib import Path

FORMS = ("", ".br", ".gz")


def label(index: int, form: int) -> str:
    return f"wapi_console_{index}_{form}"


def assembly(files: list[Path]) -> str:
    """One pair of labels for each form that there is, in read-only data."""
    lines = ['.section .note.GNU-stack,"",%progbits', ".section .rodata"]
    for index, file in enumerate(files):
        for form, ending in enumerate(FORMS):
            packed = Path(f"{file}{ending}")
            if not packed.exists():
                continue
            name = label(index, form)
            lines += [f".global {name}", f".global {name}_end", f"{name}:",
                      f'.incbin "{packed}"', f"{name}_end:", ".byte 0"]
    return "\n".join(lines) + "\n"


def view(file: Path, index: int, form: int) -> str:
    if not Path(f"{file}{FORMS[form]}").exists():
        return "{}"
    name = label(index, form)
    return f"view({name}, {name}_end)"


def table(folder: Path, files: list[Path]) -> str:
    declared, rows = [], []
    for index, file in enumerate(files):
        declared += [f"extern const char {label(index, form)}[], {label(index, form)}_end[];"
                     for form in range(len(FORMS)) if Path(f"{file}{FORMS[form]}").exists()]
        forms = ", ".join(view(file, index, form) for form in range(len(FORMS)))
        rows.append(f'        {{"{file.relative_to(folder).as_posix()}", {forms}}},')
    return "\n".join([
        "// Written by tools/embed_console.py.", '#include "app/console_http.hpp"', "",
        'extern "C" {', *declared, "}", "", "namespace wapi::app {", "",
        "std::span<const ConsoleFile> embedded_console() {",
        "    const auto view = [](const char* begin, const char* end) {",
        "        return std::string_view(begin, static_cast<std::size_t>(end - begin));", "    };",
        "    static const std::vector<ConsoleFile> files{", *rows, "    };", "    return files;",
        "}", "", "}  // namespace wapi::app", ""])


def main() -> None:
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    files = sorted(path for path in folder.rglob("*")
                   if path.is_file() and path.suffix not in FORMS[1:])
    target.mkdir(parents=True, exist_ok=True)
    (target / "embedded_console.S").write_text(assembly(files))
    (target / "embedded_console.cpp").write_text(table(folder, files))


if __name__ == "__main__":
    main()
