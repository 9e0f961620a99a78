"""Numbers as the page writes them in English, and read back from it."""
import decimal
import re

UNITS_MS = {"sec": 1000, "min": 60_000, "hr": 3_600_000, "day": 86_400_000,
            "yr": 365.25 * 86_400_000}


def rounded(value, digits):
    """As Intl rounds: half away from zero, of the decimal digits that a number is shown with."""
    step = decimal.Decimal(1).scaleb(-digits)
    return decimal.Decimal(repr(float(value))).quantize(step, decimal.ROUND_HALF_UP)


def count(value):
    return f"{int(value):,}"


def short(value):
    """From 10,000 on in thousands, with one digit behind the point where that is not 0."""
    if value < 10_000:
        return count(value)
    thousands = rounded(value / 1000, 1)
    return f"{thousands:f}".removesuffix(".0") + "K"


def mean(value, digits=1):
    return f"{rounded(value, digits):,f}"


def signed(value, digits=1):
    if value == 0:
        return mean(0, digits)
    return f"{'+' if value > 0 else '−'}{mean(abs(value), digits)}"


def percent(value, digits=0):
    hundred = decimal.Decimal(repr(float(value))) * 100
    if 0 < hundred < decimal.Decimal(1).scaleb(-digits) / 2:
        return f"<{decimal.Decimal(1).scaleb(-digits):f}%"
    shown = hundred.quantize(decimal.Decimal(1).scaleb(-digits), decimal.ROUND_HALF_UP)
    text = f"{shown:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def ratio(value):
    return "<0.01" if 0 < value < 0.005 else mean(value, 2)


def duration_of(text):
    """(milliseconds, half a unit of the last digit) of a text such as "2.2 days"."""
    found = re.fullmatch(r"([\d,]+)(?:\.(\d+))? (sec|min|hr|day|yr)s?", text)
    if not found:
        raise ValueError(f"no duration: {text!r}")
    whole, fraction, unit = found.groups()
    digits = len(fraction or "")
    number = float(whole.replace(",", "") + (f".{fraction}" if fraction else ""))
    # Below ten one digit is written, which is left out where it is 0.
    least = 1 if number < 10 and not digits else digits
    return number * UNITS_MS[unit], 0.5 * UNITS_MS[unit] / 10 ** least
