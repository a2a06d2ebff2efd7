"""Every error that govkg raises on purpose, tree first.

GovkgError
  x BadInputError            what the user sent cannot be used
    - SettingError           a setting is unknown or has an impossible value
    - SyntaxProblemError          text does not parse: it has a place
      - QuerySyntaxError
      - DocumentSyntaxError
    - ShapesError            SHACL shapes that somebody gave cannot be used
    - WorkbookError          a spreadsheet cannot be opened, or is not filled in as a form
    - ParameterError         a request parameter is missing or out of range
    - UnsafeInputError       input is refused before it is parsed
    - TooLargeError          input is over a published limit
    - ResultTooLargeError    the answer is over a published limit
      - EndpointTooLargeError     so is that of an endpoint that a query calls
    - UnsupportedMediaTypeError
    - NotAcceptableError
    - MethodNotAllowedError  the address does not know this method
    - ConflictError          the data is not as the request takes for granted
      - PreconditionFailedError   somebody else has changed it meanwhile
    - PreconditionRequiredError   a change without If-Match
    - NotConformingError     cases that were handed in do not conform to the shapes
    - KeyReusedError         an Idempotency-Key of another request
    - ArchiveError           a backup is damaged, or not one that can be used here
  x NotFoundError            nothing has this name
    - NotEntailedError       the statement neither was asserted nor follows
    - GoneError              a case that was withdrawn
  x UnauthorizedError        nobody is known by this token, or there is none
  x ForbiddenError           writing is switched off, or the token is for something else
    - EndpointClosedError    a query would call an endpoint that is not on the list
  x InternalError            something happened that nobody foresaw
  x UnavailableError         try again later
    - DeadlineError          the work took longer than its deadline
      - EndpointDeadlineError     so did an endpoint that a query calls
    - EndpointFailedError    an endpoint that a query calls gives no usable answer
      - UpdateDeadlineError  an update did, and changed nothing
    - BusyError              too much work is waiting
    - RateLimitedError       one client asks too often
    - MemoryLimitError       the work needed more memory than one worker has
    - WorkerLostError        the worker ended without an answer
    - NotReadyError          the service is still loading
      - ShuttingDownError    the service is ending
    - NotVisibleError        a write is stored, but readers do not see it yet
    - OutdatedError          others changed the data while a write was worked out
    - StoreUnreachableError  the engine that holds the data gives no usable answer
    - StorageFullError       the disk takes no more
    - ServiceUnreachableError   a service that a client asks does not answer
    - MissingToolError       a program that the work needs is not on this machine

An error is data: a stable ``code`` (an anchor in docs/errors.md), named facts, and one
sentence in each language made from the facts. Status codes live in api/problems.py alone.
"""

from typing import Any, ClassVar, Literal

Language = Literal["en", "zh"]
Texts = dict[Language, str]
"""The same words in each language."""


class GovkgError(Exception):
    """Any error that govkg raises on purpose.

    Keyword arguments are the facts; they fill the templates in ``message`` and are sent to the
    client beside the text. They must be JSON values; a fact in words may be ``Texts``.
    """

    code: ClassVar[str] = "govkg"
    title: ClassVar[dict[Language, str]] = {"en": "Something went wrong", "zh": "出现错误"}
    message: ClassVar[dict[Language, str]] = {"en": "{detail}", "zh": "{detail}"}

    def __init__(self, **facts: Any) -> None:
        """Keep the facts and make the English sentence the exception's text."""
        self.facts: dict[str, Any] = facts
        super().__init__(self.text("en"))

    def text(self, language: Language) -> str:
        """Return the sentence in one language, with the facts filled in."""
        return self.message[language].format(**self.told(language))

    def told(self, language: Language) -> dict[str, Any]:
        """Return the facts, those in words in one language."""
        return {
            name: fact[language] if isinstance(fact, dict) and set(fact) == {"en", "zh"} else fact
            for name, fact in self.facts.items()
        }


class BadInputError(GovkgError):
    """What the user sent cannot be used."""

    code = "bad-input"
    title = {"en": "The input cannot be used", "zh": "输入无法使用"}


class SettingError(BadInputError):
    """A setting is unknown or has an impossible value. Facts: name, reason, remedy."""

    code = "setting"
    title = {"en": "A setting is wrong", "zh": "设置有误"}
    message = {"en": "{name}: {reason}. {remedy}", "zh": "{name}：{reason}。{remedy}"}


class SyntaxProblemError(BadInputError):
    """Text does not parse. Facts: line and column (both from 1, or null), expected, hint."""

    code = "syntax"
    title = {"en": "The text does not parse", "zh": "文本无法解析"}
    message = {
        "en": "Line {line}, column {column}: {expected}. {hint}",
        "zh": "第 {line} 行第 {column} 列：{expected}。{hint}",
    }


class QuerySyntaxError(SyntaxProblemError):
    """The SPARQL text does not parse. Facts as in SyntaxProblemError, in both languages."""

    code = "query-syntax"
    title = {"en": "The SPARQL query does not parse", "zh": "SPARQL 查询语法有误"}


class DocumentSyntaxError(SyntaxProblemError):
    """An RDF document does not parse. Facts as in SyntaxProblemError, and format."""

    code = "document-syntax"
    title = {"en": "The document does not parse", "zh": "文档语法有误"}


class ShapesError(BadInputError):
    """SHACL shapes cannot be used. Facts: reason, remedy."""

    code = "shapes"
    title = {"en": "The shapes cannot be used", "zh": "形状无法使用"}
    message = {
        "en": "The shapes cannot be used: {reason}. {remedy}",
        "zh": "形状无法使用：{reason}。{remedy}",
    }


class WorkbookError(BadInputError):
    """A spreadsheet or table cannot be read as a form. Facts: reason."""

    code = "workbook"
    title = {"en": "The table cannot be read", "zh": "表格无法读取"}
    message = {
        "en": "The table cannot be read: {reason}. Start from the template under "
        "/shapes/cases/template.xlsx, or save the file as XLSX or as CSV in UTF-8.",
        "zh": "表格无法读取：{reason}。请使用 /shapes/cases/template.xlsx 中的模板，"
        "或将文件另存为 XLSX 或 UTF-8 编码的 CSV。",
    }


class ParameterError(BadInputError):
    """A request parameter is missing or out of range. Facts: name, reason, remedy."""

    code = "parameter"
    title = {"en": "A parameter is wrong", "zh": "参数有误"}
    message = {"en": "{name}: {reason}. {remedy}", "zh": "{name}：{reason}。{remedy}"}


class MappingError(BadInputError):
    """A declared mapping is no good. Facts: file, entry, reason."""

    code = "mapping"
    title = {"en": "The mapping is wrong", "zh": "映射有误"}
    message = {
        "en": "{file}, entry {entry}: {reason}. docs/registers.md says what a mapping may hold.",
        "zh": "{file} 的条目 {entry}：{reason}。映射可含内容见 docs/registers.md。",
    }


class RecipeError(BadInputError):
    """A recipe for somebody's table, or its mapping, is no good. Facts: file, entry, reason."""

    code = "recipe"
    title = {"en": "The recipe is wrong", "zh": "配方有误"}
    message = {
        "en": "{file}, entry {entry}: {reason}. docs/harvesting.md says what a recipe may hold.",
        "zh": "{file} 的条目 {entry}：{reason}。配方可含内容见 docs/harvesting.md。",
    }


class UnsafeInputError(BadInputError):
    """Input is refused before it is parsed. Facts: what, remedy."""

    code = "unsafe-input"
    title = {"en": "The input is refused", "zh": "输入被拒绝"}
    message = {
        "en": "The input holds {what}, which is not read here. {remedy}",
        "zh": "输入含有{what}，此处不予读取。{remedy}",
    }


class TooLargeError(BadInputError):
    """Input is over a published limit. Facts: what, size, limit, unit."""

    code = "too-large"
    title = {"en": "The input is too large", "zh": "输入过大"}
    message = {
        "en": "The {what} has {size} {unit}; the limit is {limit}. Send it in parts.",
        "zh": "{what} 为 {size} {unit}，上限为 {limit}。请分批发送。",
    }


class ResultTooLargeError(BadInputError):
    """The answer is over a published limit. Facts: limit, unit."""

    code = "result-too-large"
    title = {"en": "The result is too large", "zh": "结果过大"}
    message = {
        "en": "The result is over the limit of {limit} {unit}. Add LIMIT, or ask for less.",
        "zh": "结果超过 {limit} {unit} 的上限。请添加 LIMIT 或缩小查询范围。",
    }


class EndpointTooLargeError(ResultTooLargeError):
    """An endpoint that SERVICE calls answers with too much. Facts: endpoint, limit, unit."""

    code = "endpoint-too-large"
    title = {"en": "Another endpoint answers too much", "zh": "外部端点的结果过大"}
    message = {
        "en": "The answer of {endpoint} is over the limit of {limit} {unit}. Add LIMIT inside "
        "SERVICE as a subquery, or ask that endpoint for less.",
        "zh": "{endpoint} 的结果超过 {limit} {unit} 的上限。请在 SERVICE 内用子查询添加 LIMIT，"
        "或缩小查询范围。",
    }


class UnsupportedMediaTypeError(BadInputError):
    """The body has a media type that is not read here. Facts: given, accepted (list)."""

    code = "unsupported-media-type"
    title = {"en": "The media type is not supported", "zh": "不支持该媒体类型"}
    message = {
        "en": "A body of type {given} is not read here. Send one of: {accepted}.",
        "zh": "此处不读取类型为 {given} 的内容。请使用：{accepted}。",
    }


class NotAcceptableError(BadInputError):
    """No format fits what the client accepts. Facts: accept, offered (list)."""

    code = "not-acceptable"
    title = {"en": "No acceptable format", "zh": "没有可接受的格式"}
    message = {
        "en": "None of the formats offered fits “{accept}”. Offered are: {offered}.",
        "zh": "所提供的格式均不符合“{accept}”。可选：{offered}。",
    }


class MethodNotAllowedError(BadInputError):
    """The address exists but does not know this method. Facts: method, allowed."""

    code = "method-not-allowed"
    title = {"en": "The method is not allowed", "zh": "不允许该方法"}
    message = {
        "en": "{method} is not possible here. Use one of: {allowed}.",
        "zh": "此处不能使用 {method}。请使用：{allowed}。",
    }


class ConflictError(BadInputError):
    """The data is not as the request takes for granted. Facts: reason, remedy."""

    code = "conflict"
    title = {"en": "The data is not as the request expects", "zh": "数据与请求的前提不符"}
    message = {
        "en": "{reason}. Nothing was changed. {remedy}",
        "zh": "{reason}。未作任何更改。{remedy}",
    }


class ArchiveError(BadInputError):
    """A backup is damaged or cannot be used here. Facts: archive, place, reason, remedy."""

    code = "archive"
    title = {"en": "The backup cannot be used", "zh": "备份无法使用"}
    message = {
        "en": "{archive}, {place}: {reason}. Nothing was changed. {remedy}",
        "zh": "{archive}，{place}：{reason}。未作任何更改。{remedy}",
    }


class PreconditionFailedError(ConflictError):
    """Somebody else has changed it meanwhile. Facts: given, present (revisions)."""

    code = "precondition-failed"
    title = {"en": "It was changed meanwhile", "zh": "内容已被更改"}
    message = {
        "en": "If-Match names revision {given}, and the case is at {present}. Nothing was changed. "
        "Read it again, then send the change with its new ETag.",
        "zh": "If-Match 指定的修订为 {given}，而该案例现为 {present}。未作任何更改。"
        "请重新读取，再附上新的 ETag 提交。",
    }


class PreconditionRequiredError(BadInputError):
    """A change must say which revision it is a change of. Facts: where."""

    code = "precondition-required"
    title = {"en": "If-Match is needed", "zh": "需要 If-Match"}
    message = {
        "en": "The request has no If-Match, so it could overwrite what somebody else wrote. Send "
        "the ETag that GET {where} gives.",
        "zh": "请求没有 If-Match，可能覆盖他人的更改。请附上 GET {where} 返回的 ETag。",
    }


class NotConformingError(BadInputError):
    """Cases that were handed in do not conform to the shapes. Facts: violations."""

    code = "not-conforming"
    title = {"en": "The cases do not conform", "zh": "案例不符合形状约束"}
    message = {
        "en": "{violations} things have to be mended first; nothing was kept. The report says how.",
        "zh": "有 {violations} 处需要先修改；未保存任何内容。详见报告。",
    }
    report: Any = None
    """What the shapes found."""


class KeyReusedError(BadInputError):
    """An Idempotency-Key was sent before with another request. Facts: key."""

    code = "key-reused"
    title = {"en": "The Idempotency-Key was used before", "zh": "Idempotency-Key 已被使用"}
    message = {
        "en": "“{key}” came with another request before. Nothing was stored. Use a new key for "
        "each submission, and the same one only to repeat it.",
        "zh": "“{key}”已用于另一请求。未保存任何内容。每次提交请使用新的键，仅在重试时沿用。",
    }


class InternalError(GovkgError):
    """Something happened that nobody foresaw. Facts: request_id."""

    code = "internal"
    title = {"en": "Something went wrong here", "zh": "服务内部出错"}
    message = {
        "en": "This is a fault of the service. Report it with the request id {request_id}.",
        "zh": "这是服务自身的故障。请附上请求编号 {request_id} 反馈。",
    }


class NotFoundError(GovkgError):
    """Nothing has this name. Facts: what, name, hint."""

    code = "not-found"
    title = {"en": "Not found", "zh": "未找到"}
    message = {
        "en": "There is no {what} “{name}”. {hint}",
        "zh": "没有名为“{name}”的{what}。{hint}",
    }


class NotEntailedError(NotFoundError):
    """The statement neither was asserted nor follows.

    Facts: statement, hint (in both languages), missing (sets of facts that it would follow from).
    """

    code = "not-entailed"
    title = {"en": "The statement does not follow", "zh": "该陈述不成立"}
    message = {
        "en": "“{statement}” was not asserted and does not follow from what was. {hint}",
        "zh": "“{statement}”既未被断言，也不能由已有陈述推出。{hint}",
    }


class GoneError(NotFoundError):
    """A case was withdrawn; its history is kept. Facts: what, at, by, why."""

    code = "gone"
    title = {"en": "The case was withdrawn", "zh": "该案例已撤回"}
    message = {
        "en": "The case “{what}” was withdrawn at {at} by {by}: {why}. Its id is not used again; "
        "its history is at /cases/{what}/history.",
        "zh": "案例“{what}”已于 {at} 由 {by} 撤回：{why}。其编号不再使用；"
        "历史见 /cases/{what}/history。",
    }


class UnauthorizedError(GovkgError):
    """The request needs a token and has none that is known. Facts: reason, scope."""

    code = "unauthorized"
    title = {"en": "A token is needed", "zh": "需要访问令牌"}
    message = {
        "en": "{reason}. Send Authorization: Bearer and a token with the scope “{scope}”.",
        "zh": "{reason}。请在 Authorization: Bearer 中附上权限含“{scope}”的令牌。",
    }


class ForbiddenError(GovkgError):
    """The service does not let anybody do this. Facts: action, remedy."""

    code = "forbidden"
    title = {"en": "Not allowed", "zh": "不允许"}
    message = {
        "en": "{action} is not allowed here. {remedy}",
        "zh": "此处不允许{action}。{remedy}",
    }


class EndpointClosedError(ForbiddenError):
    """SERVICE names an endpoint that is not on the list. Facts: endpoint, ask, open."""

    code = "endpoint-closed"
    title = {"en": "The endpoint is not open", "zh": "该端点未开放"}
    message = {
        "en": "Queries may not call {endpoint} by SERVICE. Ask whoever runs the service to add "
        "{ask} to GOVKG_SERVICE_HOSTS. Open are: {open}.",
        "zh": "查询不得通过 SERVICE 调用 {endpoint}。请让服务的运行者把 {ask} 加入 "
        "GOVKG_SERVICE_HOSTS。已开放：{open}。",
    }


class UnavailableError(GovkgError):
    """Try again later. Facts: retry_after (seconds)."""

    code = "unavailable"
    title = {"en": "Not available now", "zh": "暂不可用"}


class DeadlineError(UnavailableError):
    """The work took longer than its deadline. Facts: seconds, retry_after."""

    code = "deadline"
    title = {"en": "The deadline has passed", "zh": "已超过时限"}
    message = {
        "en": "The work was stopped after {seconds} s. Ask for less, or add LIMIT.",
        "zh": "处理在 {seconds} 秒后被终止。请缩小范围或添加 LIMIT。",
    }


class EndpointDeadlineError(DeadlineError):
    """An endpoint that SERVICE calls is too slow. Facts: endpoint, seconds, retry_after."""

    code = "endpoint-deadline"
    title = {"en": "Another endpoint is too slow", "zh": "外部端点响应超时"}
    message = {
        "en": "The endpoint {endpoint} did not answer within {seconds} s. Ask it for less, or "
        "write SERVICE SILENT to go on without it.",
        "zh": "端点 {endpoint} 未在 {seconds} 秒内应答。请缩小对它的查询范围，"
        "或写 SERVICE SILENT 以忽略它。",
    }


class EndpointFailedError(UnavailableError):
    """An endpoint that SERVICE calls fails. Facts: endpoint, reason, retry_after."""

    code = "endpoint-failed"
    title = {"en": "Another endpoint fails", "zh": "外部端点出错"}
    message = {
        "en": "The endpoint {endpoint} gives no usable answer: {reason}. SERVICE SILENT goes on "
        "without it.",
        "zh": "端点 {endpoint} 未给出可用的应答：{reason}。写 SERVICE SILENT 可忽略它。",
    }


class ServiceFailedError(UnavailableError):
    """A govkg elsewhere does not do what a command asks it. Facts: address, reason."""

    code = "service-failed"
    title = {"en": "The service does not do it", "zh": "服务未能完成"}
    message = {
        "en": "The service at {address} did not do it: {reason}. Check the address and the token.",
        "zh": "{address} 处的服务未能完成：{reason}。请检查地址和令牌。",
    }


class UpdateDeadlineError(DeadlineError):
    """An update took longer than its deadline. Facts: seconds, retry_after."""

    code = "update-deadline"
    title = {"en": "The update took too long", "zh": "更新超时"}
    message = {
        "en": "The update was stopped after {seconds} s, and nothing was changed. Match less in "
        "WHERE, or send it in parts.",
        "zh": "更新在 {seconds} 秒后被终止，未作任何更改。请缩小 WHERE 的匹配范围或分批发送。",
    }


class BusyError(UnavailableError):
    """Too much work is waiting. Facts: waiting, retry_after."""

    code = "busy"
    title = {"en": "Too many requests", "zh": "请求过多"}
    message = {
        "en": "{waiting} requests are waiting already. Try again in {retry_after} s.",
        "zh": "已有 {waiting} 个请求在等待。请在 {retry_after} 秒后重试。",
    }


class RateLimitedError(UnavailableError):
    """One client asks too often. Facts: limit, retry_after."""

    code = "rate-limited"
    title = {"en": "Too many requests from you", "zh": "您的请求过于频繁"}
    message = {
        "en": "The limit is {limit}. Try again in {retry_after} s, or ask whoever runs the "
        "service for more.",
        "zh": "上限为 {limit}。请在 {retry_after} 秒后重试，或向服务的运行者申请提高上限。",
    }


class MemoryLimitError(UnavailableError):
    """The work needed more memory than one worker has. Facts: megabytes, retry_after."""

    code = "memory-limit"
    title = {"en": "Out of memory", "zh": "内存不足"}
    message = {
        "en": "The work needed more than {megabytes} MB. Ask for less, or avoid ORDER BY and "
        "cross products over everything.",
        "zh": "处理所需内存超过 {megabytes} MB。请缩小范围，避免对全部数据排序或做笛卡尔积。",
    }


class WorkerLostError(UnavailableError):
    """The worker ended without an answer. Facts: retry_after."""

    code = "worker-lost"
    title = {"en": "The worker was lost", "zh": "工作进程已终止"}
    message = {
        "en": "The process at work ended without an answer. A simpler request may succeed.",
        "zh": "处理进程未给出结果即终止。请尝试更简单的请求。",
    }


class NotReadyError(UnavailableError):
    """The service is still loading. Facts: reason, retry_after."""

    code = "not-ready"
    title = {"en": "Not ready", "zh": "尚未就绪"}
    message = {"en": "The service is not ready: {reason}.", "zh": "服务尚未就绪：{reason}。"}


class ShuttingDownError(NotReadyError):
    """The service is ending. Facts: retry_after."""

    code = "shutting-down"
    title = {"en": "The service is shutting down", "zh": "服务正在停止"}
    message = {
        "en": "The service is shutting down. Send the request again in {retry_after} s: another "
        "service may have taken its place.",
        "zh": "服务正在停止。请在 {retry_after} 秒后重新发送请求，届时可能已有其他实例接替。",
    }


class NotVisibleError(UnavailableError):
    """A write is stored for good, but readers do not see it yet. Facts: reason, retry_after."""

    code = "not-visible"
    title = {"en": "Stored, but not yet visible", "zh": "已保存，但尚不可见"}
    message = {
        "en": "The write is stored, but readers do not see it yet: {reason}. It is tried again by "
        "itself; do not send the write again.",
        "zh": "写入已保存，但读取时尚不可见：{reason}。系统会自动重试，请勿重复提交。",
    }


class OutdatedError(UnavailableError):
    """The data was changed by others while a write was worked out. Facts: retry_after."""

    code = "outdated"
    title = {"en": "Others were writing", "zh": "数据同时被他人修改"}
    message = {
        "en": "Others changed the data while this write was worked out. Nothing was changed by it. "
        "Send it again in {retry_after} s.",
        "zh": "处理本次写入时数据已被他人修改，本次未作任何更改。请在 {retry_after} 秒后重新发送。",
    }


class StoreUnreachableError(UnavailableError):
    """The engine that holds the data does not answer well. Facts: address, reason, retry_after."""

    code = "store-unreachable"
    title = {"en": "The store cannot be reached", "zh": "无法访问存储"}
    message = {
        "en": "The store at {address} gives no usable answer: {reason}. Try again in "
        "{retry_after} s; if that does not help, tell whoever runs the service.",
        "zh": "位于 {address} 的存储未给出可用的应答：{reason}。请在 {retry_after} 秒后重试；"
        "若仍无效，请告知服务的运行者。",
    }


class StorageFullError(UnavailableError):
    """The disk takes no more, so nothing was stored. Facts: reason, retry_after."""

    code = "storage-full"
    title = {"en": "There is no room", "zh": "存储空间不足"}
    message = {
        "en": "It could not be written to disk ({reason}). Nothing was stored. Whoever runs the "
        "service has to make room; then send it again.",
        "zh": "无法写入磁盘（{reason}）。未保存任何内容。请让服务的运行者腾出空间后重新提交。",
    }


class ServiceUnreachableError(UnavailableError):
    """A service that a client asks does not answer. Facts: address, reason, retry_after."""

    code = "service-unreachable"
    title = {"en": "The service cannot be reached", "zh": "无法访问服务"}
    message = {
        "en": "The service at {address} does not answer: {reason}.",
        "zh": "位于 {address} 的服务没有应答：{reason}。",
    }


class MissingToolError(UnavailableError):
    """A program that the work needs is not on this machine. Facts: tool, remedy."""

    code = "missing-tool"
    title = {"en": "A program is missing", "zh": "缺少所需程序"}
    message = {
        "en": "This needs {tool}, which is not on this machine. {remedy}",
        "zh": "此操作需要 {tool}，本机未安装。{remedy}",
    }


def _tree(root: type[GovkgError]) -> dict[str, type[GovkgError]]:
    """Map the code of each error below root, and its own, to its class."""
    table = {root.code: root}
    for child in root.__subclasses__():
        table |= _tree(child)
    return table


ERRORS: dict[str, type[GovkgError]] = _tree(GovkgError)
"""Every error class by its code, so that an error can cross a process border as data."""
