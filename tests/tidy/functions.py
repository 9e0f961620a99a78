"""Finds functions and their lengths: exactly in Python, by counting braces in C++."""
import ast
import re

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])+'", re.S)
NO_FUNCTION = re.compile(r"^\s*(?:template\s*<[^{]*>\s*)?(?:inline\s+)?"
                         r"(namespace|class|struct|union|enum|extern|if|for|while|switch|catch|do"
                         r"|else|try|case|default|return)\b")


def blank(text):
    """The text with comments, strings and preprocessor lines replaced by blanks, lines kept."""
    keep_lines = lambda match: re.sub(r"[^\n]", " ", match.group(0))
    text = TOKEN.sub(keep_lines, text)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", keep_lines, text, flags=re.M)


def without_parentheses(text):
    out, depth = [], 0
    for c in text:
        if c == "(":
            depth += 1
        elif c == ")":
            depth -= 1
            out.append("()" if depth == 0 else "")
        elif depth == 0:
            out.append(c)
    return "".join(out)


def is_function(header):
    if NO_FUNCTION.match(header):
        return False
    flat = without_parentheses(header)
    if "()" not in flat:
        return False
    return "operator" in flat or "=" not in re.sub(r"[=!<>]=", "", flat)


def cpp_functions(text):
    """(first line, length) of each function that is not inside another one."""
    text = blank(text)
    out, stack = [], []
    header_at, header_end = 0, 0
    inside = 0
    for match in re.finditer(r"[{};]", text):
        at, c = match.start(), match.group(0)
        if c == "{":
            header = text[header_at:at]
            function = inside == 0 and is_function(header)
            begin = header_at + len(header) - len(header.lstrip())
            stack.append((function, begin, header_at))
            inside += function
            header_at = at + 1
        elif c == "}":
            if not stack:
                continue
            function, begin, before = stack.pop()
            header_at = at + 1
            if not function:
                continue
            inside -= 1
            following = text[at + 1:].lstrip()[:1]
            if following in (",", "{"):
                header_at = before  # A brace of an initialiser list: the body is still to come.
                continue
            first = text.count("\n", 0, begin) + 1
            out.append((first, text.count("\n", 0, at) + 2 - first))
        else:
            header_at = at + 1
    return out


def python_functions(text):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [(n.lineno, n.end_lineno - n.lineno + 1) for n in ast.walk(ast.parse(text))
            if isinstance(n, kinds)]
