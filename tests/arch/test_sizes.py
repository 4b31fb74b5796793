"""Sizes: function 70 lines, HTTP handler 30, file 400 (never above 600), line 100 columns, nesting
3, slice 1,500 lines.

Goal: every file is understood in one sitting. Method: scanner.py matches braces; Python functions
come from its own parser. Exceptions are listed with their size in exceptions.json and may only
shrink.
"""

import ast
import re
import unittest

import project
import scanner
from project import Finding, SourceFile

FUNCTION_LINES_MAX = 70
HANDLER_LINES_MAX = 30
FILE_LINES_MAX = 400
FILE_LINES_LIMIT = 600
LINE_COLUMNS_MAX = 100
NESTING_MAX = 3
SLICE_LINES_MAX = 1500

HANDLER = re.compile(r"Task<Result<(?:net::)?Response>>")

def over_long_functions(files):
    """{place: (lines, finding)} of C++ and Python functions above their limit."""
    functions, handlers = {}, {}
    for file in files:
        find = python_functions if file.path.endswith(".py") else cpp_functions
        for function in find(file):
            is_handler = "_http" in file.stem and HANDLER.search(function.header)
            limit = HANDLER_LINES_MAX if is_handler else FUNCTION_LINES_MAX
            if function.lines > limit:
                finding = Finding(file.path, function.first_line,
                                  f"{function.name} has {function.lines} lines, more than {limit}")
                place = f"{file.path}:{function.name}"
                (handlers if is_handler else functions)[place] = (function.lines, finding)
    return functions, handlers


def cpp_functions(file):
    return scanner.find_functions(file.text)


def python_functions(file):
    return [scanner.Function(f"{node.name}(", node.lineno, node.end_lineno)
            for node in ast.walk(ast.parse(file.text)) if isinstance(node, ast.FunctionDef)]


def deep_functions(files):
    measures = {}
    for file in files:
        for function in scanner.find_functions(file.text):
            if function.depth > NESTING_MAX:
                text = f"{function.name} nests {function.depth} deep, more than {NESTING_MAX}"
                finding = Finding(file.path, function.deepest_line, text)
                measures[f"{file.path}:{function.name}"] = (function.depth, finding)
    return measures


def long_files(files):
    measures = {}
    for file in files:
        lines = file.text.count("\n")
        if lines > FILE_LINES_MAX:
            finding = Finding(file.path, lines, f"{lines} lines, more than {FILE_LINES_MAX}")
            measures[file.path] = (lines, finding)
    return measures


def wide_lines(files):
    return [Finding(file.path, number, f"{len(line)} columns, more than {LINE_COLUMNS_MAX}")
            for file in files
            for number, line in enumerate(file.text.splitlines(), 1)
            if len(line) > LINE_COLUMNS_MAX]


def long_slices(files):
    """A slice's code without its tests."""
    lines = {}
    for file in files:
        if file.path.startswith("src/features/") and not project.is_test_code(file.path):
            feature = file.path.split("/")[2]
            lines[feature] = lines.get(feature, 0) + file.text.count("\n")
    return {feature: (count, Finding(f"src/features/{feature}", 1,
                                     f"{count} lines, more than {SLICE_LINES_MAX}: split it"))
            for feature, count in lines.items() if count > SLICE_LINES_MAX}


def all_files():
    return project.cpp_files() + [file for file in project.script_files()
                                  if file.path.endswith(".py")]


class Sizes(unittest.TestCase):
    def test_functions_and_handlers_are_short(self):
        functions, handlers = over_long_functions(all_files())
        findings = project.check_exceptions("function_lines", functions)
        findings += project.check_exceptions("handler_lines", handlers)
        project.assert_clean(self, findings)

    def test_blocks_do_not_nest_deeper_than_three(self):
        measures = deep_functions(project.cpp_files())
        project.assert_clean(self, project.check_exceptions("nesting", measures))

    def test_files_are_short(self):
        measures = long_files(all_files())
        findings = project.check_exceptions("file_lines", measures)
        findings += [finding for lines, finding in measures.values() if lines > FILE_LINES_LIMIT]
        project.assert_clean(self, findings)

    def test_lines_fit_a_hundred_columns(self):
        project.assert_clean(self, wide_lines(all_files()))

    def test_slices_are_split_before_they_are_too_large(self):
        measures = long_slices(project.cpp_files())
        project.assert_clean(self, project.check_exceptions("slice_lines", measures))


class Canaries(unittest.TestCase):
    """Bad samples that each rule must find."""

    def test_a_long_function_is_found(self):
        body = "    work();\n" * 70
        functions, _ = over_long_functions([SourceFile("a.cpp", f"void f(int x) {{\n{body}}}\n")])
        self.assertEqual([lines for lines, _ in functions.values()], [72])

    def test_a_long_handler_is_found(self):
        head = "async::Task<Result<net::Response>> get(Call& call) {\n"
        text = head + "    work();\n" * 30 + "}\n"
        _, handlers = over_long_functions([SourceFile("a_http.cpp", text)])
        self.assertEqual([lines for lines, _ in handlers.values()], [32])

    def test_a_long_python_function_is_found(self):
        text = "def f():\n" + "    work()\n" * 80
        functions, _ = over_long_functions([SourceFile("a.py", text)])
        self.assertEqual([lines for lines, _ in functions.values()], [81])

    def test_deep_nesting_is_found(self):
        text = ("void A::f() const {\n if (a) {\n  for (;;) {\n   while (b) {\n    if (c) {\n"
                "    }\n   }\n  }\n }\n}\n")
        measures = deep_functions([SourceFile("a.cpp", text)])
        self.assertEqual([depth for depth, _ in measures.values()], [4])

    def test_a_long_file_a_wide_line_and_a_large_slice_are_found(self):
        self.assertTrue(long_files([SourceFile("a.cpp", "\n" * 401)]))
        self.assertTrue(wide_lines([SourceFile("a.cpp", "x" * 101)]))
        self.assertTrue(long_slices([SourceFile("src/features/a/a.hpp", "\n" * 1501)]))

    def test_an_exception_that_is_no_longer_needed_is_found(self):
        self.assertEqual(project.check_exceptions("nesting", {}), [])
        finding = Finding("a.cpp", 1, "")
        self.assertEqual(project.check_exceptions("nesting", {"a": (4, finding)}), [finding])


class Scanner(unittest.TestCase):
    """The scanner itself: what is a function and what is not."""

    def names(self, text):
        return [function.name for function in scanner.find_functions(text)]

    def test_functions_of_every_shape_are_seen(self):
        text = """
namespace a {
class B : public C {
  public:
    B(int x) : x_(x), y_{x} { work(); }
    [[nodiscard]] int get() const { return x_; }
    auto run() -> Task<int> { co_return 1; }
};
struct D { int a = 0; std::vector<int> b{1, 2}; };
const Sql find{{.name = "{(", .text = R"(SELECT {)"}};
inline const Kind kind{"a", 1};
int f(int a, Options options = {}) { return g({a, 1}, [&](int x) { return x; }); }
TEST(Suite, name) { EXPECT_EQ(1, 1); }
template <class T>
    requires std::is_integral_v<T>
T half(T x) {
    return x / 2;
}
}  // namespace a
"""
        self.assertEqual(self.names(text), ["B", "get", "run", "f", "TEST(Suite, name)", "half"])

    def test_a_lambda_starts_its_own_nesting(self):
        text = ("void f() {\n if (a) {\n  for (;;) {\n   g([] {\n    if (b) {\n    }\n   });\n"
                "  }\n }\n}\n")
        self.assertEqual([function.depth for function in scanner.find_functions(text)], [2])


if __name__ == "__main__":
    unittest.main()
