"""What stands on a page, read from its elements."""

UNFOLD = """() => {
  for (const each of document.querySelectorAll('main details')) each.open = true;
  const more = [...document.querySelectorAll('main button')]
    .filter((button) => button.textContent.startsWith('Show more'));
  for (const button of more) button.click();
  return more.length;
}"""
CELLS = """key => [...document.querySelectorAll(`tr.row-${key} td`)]
  .map((cell) => cell.innerText.trim())"""
LINES = """key => [...document.querySelectorAll(`tr.row-${key} td`)].map((cell) =>
  [...cell.querySelectorAll('li')].map((line) =>
    line.querySelector('.what')).map((what) => [what.innerText.trim(),
      ...what.parentElement.innerText.replace(what.innerText, '').trim().split(/\\n+/)]))"""
TOUCHPOINTS = """() => [...document.querySelectorAll('tr.row-touchpoints td')].map((cell) =>
  [...cell.querySelectorAll('.channel')].flatMap((head) =>
    [...head.parentElement.querySelectorAll('li.touchpoint')].map((line) => ({
      channel: head.lastChild.textContent, name: line.querySelector('a').innerText,
      use: line.querySelector('.use')?.innerText.trim() ?? '',
      rating: line.querySelector('.rating')?.innerText.trim() ?? ''}))))"""
TABLE = """id => [...document.querySelectorAll(`div.scroll[data-key="${id}"] tbody tr`)]
  .map((row) => [...row.children].map((cell) => cell.innerText.trim()))"""
MATRIX = """() => {
  const table = document.querySelector('table.matrix');
  const names = [...table.querySelectorAll('thead th')].map((head) => head.innerText.trim());
  return [...table.querySelectorAll('tbody tr')].flatMap((row) =>
    [...row.querySelectorAll('td')].map((cell, i) =>
      [row.querySelector('th').innerText.trim(), names[i], cell.innerText.trim()]));
}"""
FIGURES = """() => Object.fromEntries([...document.querySelectorAll('main dl.figures .figure')]
  .map((each) => [each.querySelector('dt').innerText.trim(),
    each.querySelector('dd').innerText.trim().split(/\\n+/)]))"""


def unfold(page):
    """Opens what is folded, and shows all of what is shown in part."""
    while page.evaluate(UNFOLD):
        pass


def cells(page, key):
    """The texts of a row of the map, by stage."""
    return page.evaluate(CELLS, key)


def lines(page, key):
    """[[what, figures…]…] of the lists in a row of the map, by stage."""
    return page.evaluate(LINES, key)


def touchpoints(page):
    return page.evaluate(TOUCHPOINTS)


def table(page, name):
    """The texts of the cells, row by row."""
    return page.evaluate(TABLE, name)


def matrix(page):
    """[[from, to, text]…]"""
    return page.evaluate(MATRIX)


def figures(page):
    """{label: lines}"""
    return page.evaluate(FIGURES)
