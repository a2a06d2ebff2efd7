"""The first sheet of a workbook: how to fill it in, in both languages."""

from collections.abc import Iterator
from dataclasses import dataclass

from govkg.forms.model import Form, Words


@dataclass(frozen=True)
class Line:
    """One line of the guide."""

    words: Words
    is_heading: bool = False


def guide_lines(form: Form) -> Iterator[Line]:
    """Yield what a person has to know before filling in a form, then what each sheet is for."""
    yield Line({"en": "How to fill in this workbook", "zh": "如何填写本工作簿"}, is_heading=True)
    for words in _RULES:
        yield Line(words)
    yield Line({"en": "", "zh": ""})
    yield Line({"en": "The sheets", "zh": "各工作表"}, is_heading=True)
    for entity in form.entities:
        yield Line(
            {
                "en": f"{entity.key}: {entity.labels['en']}. {entity.descriptions['en']}",
                "zh": f"{entity.key}：{entity.labels['zh']}。{entity.descriptions['zh']}",
            }
        )


_RULES: tuple[Words, ...] = (
    {
        "en": "One thing in each row: a case on the sheet “case”, each measure on “measure”.",
        "zh": "每行填写一项内容：案例填在“case”表，其每项举措填在“measure”表。",
    },
    {
        "en": "Give each row a short key, such as example-town or measure-1. Other rows name it by "
        "this key.",
        "zh": "每行填写一个短键，例如 example-town 或 measure-1，其他行用它来引用该行。",
    },
    {
        "en": "The column “case” says to which case a row belongs. With one case you may leave it "
        "empty.",
        "zh": "“case”列说明该行属于哪个案例；只有一个案例时可留空。",
    },
    {
        "en": "Where several values are allowed, put a semicolon between them.",
        "zh": "可填多个值的单元格，用分号分隔各值。",
    },
    {
        "en": "Choose from the list, or write the English label, the Chinese label or the key.",
        "zh": "从列表中选择，或填写英文标签、中文标签或键。",
    },
    {
        "en": "Dates: 2014, 2014-05 or 2014-05-01, only as precise as the source.",
        "zh": "日期写作 2014、2014-05 或 2014-05-01，与来源同样精确即可。",
    },
    {
        "en": "Orange headings are required, yellow ones recommended, blue ones optional. Leave "
        "out the sheets and columns that you do not need.",
        "zh": "橙色表头为必填，黄色为建议填写，蓝色为选填。不需要的表和列可以不填。",
    },
    {
        "en": "Rows that begin with # are not read; the grey examples begin so. Write below them.",
        "zh": "以 # 开头的行不会被读取；灰色示例即如此。请在其下方填写。",
    },
    {
        "en": "Rows 1 and 2 stay as they are. You may hide row 1 and add columns for further "
        "languages, such as title@fr.",
        "zh": "请保留第 1、2 行。可以隐藏第 1 行，也可添加其他语言的列，例如 title@fr。",
    },
)
