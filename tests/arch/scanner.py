"""Finds functions in C++ text by matching braces: where they start and end, how deep blocks nest.

Not a parser: it relies on the layout that clang-format gives. An opening brace is told apart by the
text before it: namespace, type, function, control block, lambda or initializer.
"""

import re
from dataclasses import dataclass, field

import project

CONTROL = re.compile(r"^(?:else\s+)?(if|for|while|switch|do|else|try|catch)\b")
TYPE = re.compile(r"^(?:template\s*<.*>\s*)?(?:class|struct|union|enum)\b", re.DOTALL)
FUNCTION_END = re.compile(r"(\)|\bconst|\bnoexcept|\boverride|\bfinal|\bmutable)$")
LAMBDA = re.compile(r"\[[^\[\]]*\]\s*(?:<[^<>]*>\s*)?(?:\([^{}]*\)\s*)?(?:mutable\s*)?"
                    r"(?:noexcept\s*)?(?:->\s*[\w:<>,&*\s()]+)?$")
PLAIN_BLOCK = re.compile(r"^(?:(?:case\b.*|default\s*):)?$", re.DOTALL)
# A case's braces belong to its switch, so a plain block is no level of its own.
DEEPER = {"if", "for", "while", "switch", "do", "else", "try", "catch"}


@dataclass
class Function:
    header: str
    first_line: int
    last_line: int = 0
    depth: int = 0
    deepest_line: int = 0

    @property
    def lines(self):
        return self.last_line - self.first_line + 1

    @property
    def name(self):
        found = re.search(r"(TEST\w*\s*\(.*?\)|[\w:~]+(?=\s*\()|operator\S+)", self.header,
                          re.DOTALL)
        return re.sub(r"\s+", " ", found.group(0)) if found else "lambda"


@dataclass
class Block:
    kind: str
    header_start: int
    parens: int = 0
    depth: int = 0
    function: Function = field(default=None)


def classify(header, inside_function, parens):
    """What a `{` opens, from the text before it (since the last statement or block ended)."""
    header = header.strip()
    if LAMBDA.search(header):
        return "lambda"
    if parens > 0:
        return "initializer"
    if inside_function:
        control = CONTROL.match(header)
        if control:
            return control.group(1)
        if TYPE.match(header):
            return "type"
        return "block" if PLAIN_BLOCK.match(header) else "initializer"
    if re.search(r"\bnamespace\b", header) or header.startswith("extern"):
        return "namespace"
    if TYPE.match(header) and not FUNCTION_END.search(header):
        return "type"
    is_function = (FUNCTION_END.search(header)
                   or re.search(r"\)\s*(?:const\s*)?->\s*[^;=]+$", header))
    in_init_list = re.search(r"\)\s*(?:noexcept\s*)?:\s[^{}]*[\w>]$", header)
    if is_function and not in_init_list and not re.search(r"=\s*\w*$", header):
        return "function"
    # A member-initializer list that ends in braces: `: a_(a), b_{b} {`.
    return "function" if re.search(r"\)\s*:\s.*\}$", header, re.DOTALL) else "initializer"


class Scanner:
    def __init__(self, text):
        self.text = project.blank(text)
        # Preprocessor lines have braces and parentheses of their own.
        self.text = re.sub(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*",
                           lambda match: re.sub(r"[^\n]", " ", match.group(0)), self.text,
                           flags=re.MULTILINE)
        self.stack = [Block("file", 0)]
        self.functions = []

    def run(self):
        for match in re.finditer(r"[{}();]", self.text):
            at, sign = match.start(), match.group(0)
            top = self.stack[-1]
            if sign == "(":
                top.parens += 1
            elif sign == ")":
                top.parens -= 1
            elif sign == "{":
                self.open(at)
            elif sign == "}" and len(self.stack) > 1:
                self.close(at)
            elif sign == ";" and top.parens == 0:
                top.header_start = at + 1
        return self.functions

    def open(self, at):
        top = self.stack[-1]
        header = self.text[top.header_start:at]
        header = re.sub(r"^\s*(?:(?:public|private|protected)\s*:(?!:)\s*)+", "", header)
        kind = classify(header, top.function is not None, top.parens)
        block = Block(kind, at + 1, depth=top.depth, function=top.function)
        if kind == "function" or (kind == "lambda" and top.function is None):
            start = at - len(header.lstrip())
            block.function = Function(header.strip(), project.line_of(self.text, start))
            block.depth = 0
            self.functions.append(block.function)
        elif kind == "lambda":
            block.depth = 0
        elif kind in DEEPER:
            block.depth += 1
        if block.function and block.depth > block.function.depth:
            block.function.depth = block.depth
            block.function.deepest_line = project.line_of(self.text, at)
        self.stack.append(block)

    def close(self, at):
        block = self.stack.pop()
        top = self.stack[-1]
        if block.function and block.function is not top.function:
            block.function.last_line = project.line_of(self.text, at)
        if block.kind not in {"initializer", "lambda"} and top.parens == 0:
            top.header_start = at + 1


def find_functions(text):
    return Scanner(text).run()
