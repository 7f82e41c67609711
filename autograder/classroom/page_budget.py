"""How much of a learner's own text one feedback page draws: all of any honest notebook, little of an attack.

Pygments, the Markdown parser, the converter of formulas and the HTML parser behind them take microseconds a
character or, on the wrong text, quadratic time. What they get is bounded here, for the page as a whole.
"""

LONGEST_CODE = 20_000  # characters of one cell that are shown
LONGEST_PROSE = 5_000  # of one text that is read as Markdown: quadratic time on some
CELL = 500  # a cell costs at least as much as that many characters: there may be thousands
FORMULA = 20  # and so does a formula


class Budget:
    """What is left for the learner's own text on one page, in characters.

    Attributes
    ----------
    highlighted : int
        Code that is coloured.
    read : int
        Text that is read as Markdown.
    formulas : int
        TeX that becomes MathML.
    plain : int
        Text that is shown at all, beyond the others just as it was typed.
    pictures, picture_bytes : int
        Plots that are shown, and their size.
    omitted : int
        Cells and plots that are not shown, as counted so far.
    """

    def __init__(self) -> None:
        self.highlighted, self.read, self.formulas = 12_000, 20_000, 4_000
        self.plain = 200_000
        self.pictures, self.picture_bytes = 30, 4_200_000
        self.omitted = 0

    @property
    def most_cells(self) -> int:
        """How many cells of the learner's own a page can show at all, if all are short."""
        return self.plain // CELL

    def spend(self, purse: str, size: int, least: int = CELL) -> bool:
        """Whether a purse, named as the attribute, still holds a size; if so, it is taken out."""
        price = max(size, least)
        left = getattr(self, purse)
        if price > left:
            return False
        setattr(self, purse, left - price)
        return True

    def shown(self, text: str) -> tuple[str, str]:
        """The part of a text that the page still shows, and the rest; whole lines unless they are very long."""
        room = min(LONGEST_CODE, self.plain)
        if len(text) > room:
            line = text.rfind("\n", 0, room) + 1
            cut = line if line > room // 2 else room
            text, rest = text[:cut], text[cut:]
        else:
            rest = ""
        self.plain -= min(self.plain, max(len(text), CELL))
        return text, rest

    def has_room(self) -> bool:
        """Whether one more cell of the learner's own is shown; if not, it is counted as omitted."""
        if self.plain >= CELL:
            return True
        self.omitted += 1
        return False

    def takes_picture(self, size: int) -> bool:
        """Whether one more plot of that many bytes is shown; if not, it is counted as omitted."""
        if self.pictures and self.spend("picture_bytes", size):
            self.pictures -= 1
            return True
        self.omitted += 1
        return False


def shortened(rest: str) -> str:
    """What the page says in the place of a rest of a text."""
    lines = rest.count("\n", 0, len(rest) - 1) + 1
    return f"Shortened: {lines:,} line{'s' if lines > 1 else ''} more; the whole text is in the submission."
