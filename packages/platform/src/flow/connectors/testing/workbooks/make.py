"""Made the workbooks beside it, once: python make.py (openpyxl 3.1.5, xlsxwriter 3.3.1, LibreOffice 7.4)."""

import datetime as dt
import shutil
import subprocess

import openpyxl
import xlsxwriter
from openpyxl.styles import Alignment

day = dt.datetime(2024, 2, 29)

# What an export of a shop may look like: an empty sheet first, a title, gaps, all kinds of values, hidden sheets.
book = openpyxl.Workbook()
book.active.title = "Notes"
sheet = book.create_sheet("Orders")
sheet["B1"] = "Orders of the first quarter"
sheet.merge_cells("B1:E1")
sheet["B2"] = "made on"
sheet["C2"] = day
head = ["Order No", "Customer", "Ordered", "Sent at", "Opened", "Worked", "Amount", "Rate", "Paid", "Note", "Nothing"]
for i, label in enumerate(head):
    cell = sheet.cell(4, 2 + i, label)
    cell.alignment = Alignment(horizontal="center")
rows = [
    [1, "Zoë & Sons", day, dt.datetime(2024, 2, 29, 13, 45, 30), dt.time(9, 5), dt.timedelta(hours=36, minutes=30), 12.5, 0.1 + 0.2, True, 'says "hi",\nand goes'],
    [2, "00123", day + dt.timedelta(days=1), dt.datetime(2024, 3, 1), dt.time(23, 59, 59), dt.timedelta(minutes=5), 1e21, -1e-7, False, "a_x000D_b"],
    [3, " 東京 😀 ", dt.datetime(1900, 1, 1), dt.datetime(2024, 3, 1, 0, 0, 0, 250000), None, None, 1.0, 1234567890123.25, None, "=1+"],
    [4, "=HYPERLINK", dt.datetime(9999, 12, 31), None, None, None, 0, 100, True, None],
]
formats = [None, None, "dd.mm.yyyy", "yyyy-mm-dd hh:mm", "h:mm AM/PM", "[h]:mm", '#,##0.00 "days"', "0%", None, None]
for r, row in enumerate(rows):
    for c, value in enumerate(row):
        cell = sheet.cell(5 + r + (1 if r > 1 else 0), 2 + c, value)
        if isinstance(value, str):
            cell.data_type = "s"
        if formats[c] and value is not None:
            cell.number_format = formats[c]
sheet.cell(12, 2).number_format = "0.00"  # an empty cell with a look
sheet.cell(5, 20).number_format = "0.00"
secret = book.create_sheet("Hidden")
secret.append(["a"])
secret.append([1])
secret.sheet_state = "hidden"
codes = book.create_sheet("Codes & <more>")
for row in [["Code", "2023", "2024"], ["A", 1, 2], ["B", 3, 4]]:
    codes.append(row)
book.create_chartsheet("Picture")
late = book.create_sheet("Late")
late.append(["id", "name"])
for i in range(300):
    late.append([i, f"n{i}"] + (["wide"] if i == 290 else []))
bare = book.create_sheet("Bare")
for i in range(3):
    bare.append([i, i * 1.5, f"x{i}"])
book.save("openpyxl.xlsx")

# Dates of 1904, formulas with their values, texts of many looks, errors; texts inside of the cells.
for name, options in [("xlsxwriter.xlsx", {}), ("xlsxwriter-inline.xlsx", {"constant_memory": True})]:
    book = xlsxwriter.Workbook(name, {"date_1904": True, **options})
    book.set_properties({"created": dt.datetime(2024, 1, 1)})
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("Facts")
    sheet.write_row(0, 0, ["day", "sum", "word", "looks", "yes", "wrong"])
    sheet.write_datetime(1, 0, day, dates)
    sheet.write_formula(1, 1, "=1+2", None, 3)
    sheet.write_formula(1, 2, '="a"&"b"', None, "ab")
    sheet.write_rich_string(1, 3, "some ", bold, "bold", " text")
    sheet.write_formula(1, 4, "=1=1", None, True)
    sheet.write_formula(1, 5, "=1/0", None, "#DIV/0!")
    sheet.write_datetime(2, 0, dt.datetime(1904, 1, 1), dates)
    sheet.write_boolean(2, 4, False)
    sheet.write_string(2, 2, "x")
    book.close()

# The same content through another program, which computes the formulas and writes its own XML; and its other formats.
for ending, source, name in [
    ("xlsx", "openpyxl", "libreoffice.xlsx"),
    ("xls", "xlsxwriter", "old.xls"),
    ("ods", "xlsxwriter", "other.ods"),
]:
    convert = ["soffice", "--headless", "--convert-to", ending, "--outdir", "made", f"{source}.xlsx"]
    subprocess.run(convert, check=True)
    shutil.move(f"made/{source}.{ending}", name)
shutil.rmtree("made")
