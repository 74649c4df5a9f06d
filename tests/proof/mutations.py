"""Small wrong changes of a module's syntax tree: what a good set of tests must notice."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Change = tuple[object, str | int, object]

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
NAMES = {
    "minimum": "maximum",
    "maximum": "minimum",
    "any": "all",
    "all": "any",
    "sin": "cos",
    "cos": "sin",
    "ones": "zeros",
    "zeros": "ones",
    "ones_like": "zeros_like",
}
# The order of their arguments does not matter.
SYMMETRIC = ("minimum", "maximum", "min", "max", "hypot", "broadcast_shapes", "broadcast_arrays")


@dataclass(frozen=True)
class Mutant:
    """One change: where it is, how it reads, and the source that results."""

    lines: range
    scope: str
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.scope}: {self.after}" if self.scope else self.after


def mutants(source: str) -> list[Mutant]:
    """Return every mutant of a module, in the order of its lines, none twice."""
    tree = ast.parse(source)
    found: dict[str, Mutant] = {}
    for scope, statement, change in _everywhere(tree):
        before = _shown(statement)
        undo = _apply(*change)
        mutated = ast.unparse(ast.fix_missing_locations(tree))
        after = "pass" if isinstance(change[2], ast.Pass) else _shown(statement)
        _apply(*undo)
        found.setdefault(mutated, Mutant(_lines(statement), scope, before, after, mutated))
    found.pop(ast.unparse(tree), None)
    return sorted(found.values(), key=lambda mutant: mutant.lines.start)


def _apply(holder: object, key: str | int, value: object) -> Change:
    """Put a value into a node or a list of nodes; return the change that undoes it."""
    if isinstance(holder, list):
        old, holder[key] = holder[key], value
    else:
        old = getattr(holder, key)
        setattr(holder, key, value)
    return holder, key, old


def _shown(statement: ast.stmt) -> str:
    """Return a statement in one line; of one with a body the head alone."""
    return ast.unparse(statement).splitlines()[0]


def _lines(statement: ast.stmt) -> range:
    """Lines of a statement; of one with a branch or a loop in it the head alone."""
    if isinstance(statement, ast.If | ast.While | ast.For | ast.With | ast.Try):
        return range(statement.lineno, statement.body[0].lineno)
    return range(statement.lineno, statement.end_lineno + 1)


def _everywhere(tree: ast.Module) -> Iterator[tuple[str, ast.stmt, Change]]:
    """Changes of all statements, with the function and the statement that they are in."""

    def visit(body: list[ast.stmt], scope: str) -> Iterator[tuple[str, ast.stmt, Change]]:
        for i, statement in enumerate(body):
            if isinstance(statement, ast.Import | ast.ImportFrom) or _is_text(statement):
                continue
            name = getattr(statement, "name", None)
            inner = f"{scope}.{name}" if scope and name else name or scope
            if isinstance(statement, ast.Expr | ast.AugAssign | ast.Raise):
                yield inner, statement, (body, i, _nothing(statement))
            if isinstance(statement, ast.If | ast.While):
                negated = ast.UnaryOp(ast.Not(), statement.test)
                yield inner, statement, (statement, "test", negated)
            if isinstance(statement, ast.Return) and statement.value is not None:
                yield inner, statement, (statement, "value", ast.Constant(None))
            for node in _own_expressions(statement):
                for change in _changes(node):
                    yield inner, statement, change
            for block in ("body", "orelse", "handlers", "finalbody"):
                yield from visit(getattr(statement, block, []), inner)

    yield from visit(tree.body, "")


def _nothing(statement: ast.stmt) -> ast.stmt:
    """A `pass` in the place of a statement."""
    return ast.copy_location(ast.Pass(), statement)


def _is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a docstring or the dots of a protocol."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _own_expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """Nodes of a statement without those of its body, its annotations and its decorators."""
    skipped = {"body", "orelse", "handlers", "finalbody", "annotation", "returns"}
    waiting = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        for field, value in ast.iter_fields(node):
            if field == "decorator_list" or (field in skipped and isinstance(value, list)):
                continue
            if field in {"annotation", "returns"}:
                continue
            children = value if isinstance(value, list) else [value]
            waiting.extend(child for child in children if isinstance(child, ast.AST))


def _changes(node: ast.AST) -> Iterator[Change]:
    """Every change of one expression, its parts left alone."""
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign) and type(node.op) in OPERATORS:
        yield node, "op", OPERATORS[type(node.op)]()
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            yield from ((node.ops, i, other()) for other in COMPARISONS[type(op)])
    if isinstance(node, ast.IfExp):
        yield node, "test", ast.UnaryOp(ast.Not(), node.test)
    if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
        key = "attr" if isinstance(node, ast.Attribute) else "id"
        if (name := getattr(node, key)) in NAMES:
            yield node, key, NAMES[name]
    if isinstance(node, ast.Constant):
        yield from _constants(node)
    if isinstance(node, ast.Call):
        yield from _calls(node)
    # What an operator or a function of one argument does to its operand, left out.
    for field, child in ast.iter_fields(node):
        for i, part in enumerate(child) if isinstance(child, list) else [(None, child)]:
            if (bare := _operand(part)) is not None:
                yield (node, field, bare) if i is None else (child, i, bare)


def _operand(node: object) -> ast.expr | None:
    """Return x of −x, not x, ~x, and of f(x)."""
    if isinstance(node, ast.UnaryOp):
        return node.operand
    if isinstance(node, ast.Call) and len(node.args) == 1:
        only = node.args[0]
        return None if isinstance(only, ast.Starred | ast.GeneratorExp) else only
    return None


def _constants(node: ast.Constant) -> Iterator[Change]:
    """A number one per cent or one unit off, the other truth, another word."""
    off: dict[type, Callable] = {
        bool: lambda value: not value,
        int: lambda value: value + 1,
        float: lambda value: 1.01 * value if value else 0.01,
        str: lambda value: "not " + value,
    }
    if type(node.value) in off:
        yield node, "value", off[type(node.value)](node.value)


def _calls(node: ast.Call) -> Iterator[Change]:
    """Two neighbouring arguments exchanged; an optional one left out."""
    symmetric = ast.unparse(node.func).rpartition(".")[2] in SYMMETRIC
    for i in range(0 if symmetric else len(node.args) - 1):
        swapped = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
        yield node, "args", swapped
    for i in range(len(node.keywords)):
        yield node, "keywords", node.keywords[:i] + node.keywords[i + 1 :]
