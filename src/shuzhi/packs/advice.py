"""What to do about a finding, by its rule. A part may bring advice for rules of its own."""

from __future__ import annotations

from shuzhi.foundation.words import Words
from shuzhi.packs.engines import PARTS


def _words(zh: str, en: str) -> Words:
    return Words(zh=zh, en=en)


ADVICE: dict[str, Words] = {
    # the folder
    "manifest-missing": _words("在应用包文件夹里写一个 pack.yaml；shuzhi packs new 可生成", "write a pack.yaml; `shuzhi packs new` makes one"),
    "pack-path": _words("pack 写成“领域/名称”，与文件夹一致", "write field/name as the folders say it"),
    "pack-twice": _words("删去或改名其中一个", "remove or rename one of the two"),
    "stray-file": _words("数据移到 samples，说明写成 .md，其余删去", "move data to samples, write notes as .md, remove the rest"),
    "stray-folder": _words("把文件移到上一层", "move the file one folder up"),
    "name-case": _words("给其中一个换名", "rename one of the two"),
    "pack-place": _words("移到 packs/领域/名称/ 下", "move it to packs/field/name/"),
    "manifest-name": _words("改名为 pack.yaml", "rename it to pack.yaml"),
    "unknown-folder": _words("核对文件夹名，可用的部件见 docs/packs/README.md", "check the folder's name; docs/packs/README.md lists the parts"),
    "file-name": _words("把文件改成与编号相同的名字", "rename the file after the id in it"),
    "id-twice": _words("给其中一个换一个编号", "give one of the two another id"),
    "link": _words("放入文件本身，不要放链接", "put the file itself there, not a link"),
    "no-file": _words("只放普通文件", "only plain files belong there"),
    "folder-too-deep": _words("把文件放浅一些", "put the files less deep"),
    "file-too-large": _words("样例应小；真实数据经数据源归集", "samples are small; real data come through sources"),
    "pack-too-large": _words("拆成几个应用包，或把数据移出应用包", "split the pack, or take the data out of it"),
    "name-unreadable": _words("用可见字符重新命名", "rename it with visible characters"),
    "unreadable": _words("检查文件权限", "check the file's permissions"),
    # reading
    "hidden": _words("删去这个字符，重新输入这一行", "delete the character and type the line anew"),
    "yaml": _words("按严格 YAML 书写：UTF-8、两格缩进、不用锚点和标签", "write strict YAML: UTF-8, two spaces, no anchors, no tags"),
    "check-broken": _words("先改正同一文件夹里的其他问题，再检查一次", "mend the other findings of this folder and check again"),
    # manifest
    "owner-unknown": _words("写 offices/ 里已声明的部门编号", "name an office that some pack declares in offices/"),
    "office-unknown": _words("写 offices/ 里已声明的部门编号", "name an office that some pack declares in offices/"),
    "system-unknown": _words("系统编号见 packs/platform/systems/systems.csv", "packs/platform/systems/systems.csv lists the systems"),
    "system-twice": _words("每个系统只写一次", "name each system once"),
    "need-unknown": _words("写平台能力的名称，或已有应用包的“领域/名称”", "name a room, or a pack as field/name"),
    "need-unreadable": _words("写“领域/名称”或“领域/名称 >=1.2”，不写其他符号", "write field/name, or field/name >=1.2, and nothing else"),
    "need-twice": _words("每项只写一次", "name each need once"),
    "system-unclaimed": _words("在 pack.yaml 的 systems 里写上它，或从场景里删去", "name it among the systems of pack.yaml, or take it out of the scenario"),
    "words-empty": _words("中英文都写", "write both languages"),
    "words-untranslated": _words("译出来再写", "translate it"),
    "need-version": _words("升级所需的应用包，或降低要求的版本", "upgrade the needed pack, or ask for less"),
    "need-circle": _words("把共用的部分移到第三个应用包", "move what both use into a third pack"),
    "need-missing": _words("在 pack.yaml 的 needs 里写上那个应用包", "name that pack among the needs of pack.yaml"),
    "basis-unknown": _words("在 laws/ 里声明这部法规，或改正标题", "declare the law in laws/, or mend its title"),
    "basis-since": _words("写法规的施行日期", "write the day since which the law holds"),
    # grade
    "grade-missing": _words("写 grade.yaml 逐条回答，或把等级改为 draft", "answer in grade.yaml, or claim draft"),
    "grade-differs": _words("两处写同一等级", "say the same grade in both files"),
    "grade-gold": _words("两处都写 silver，gold 的三条可以先答", "write silver in both files; gold's three rules may be answered already"),
    "grade-twice": _words("每条只答一次", "answer each rule once"),
    "grade-proof": _words("指出一个真正演示这一点的场景，或写明免除理由", "name a scenario that shows it, or give a reason to be exempt"),
    "grade-unanswered": _words("在 answers 里回答这一条：proof 或 exempt", "answer it: proof or exempt"),
    # data sets and what is built on them
    "field-twice": _words("给字段换一个编号", "give the field another id"),
    "key-unknown": _words("主键只能写本数据集的字段", "a key names fields of this data set"),
    "key-twice": _words("每个字段只写一次", "name each field once"),
    "heading-twice": _words("换一个名称或别名：归集按列名认字段", "give another name or alias: columns are told by it"),
    "theme-unknown": _words("可用的主题见 packs/platform/standards/codelists/themes.yaml", "packs/platform/standards/codelists/themes.yaml lists the themes"),
    "rule-twice": _words("给规则换一个编号", "give the rule another id"),
    "rule-incomplete": _words("补全这种检查所需的项，见 docs/rooms/quality.md", "say what this kind of check needs; see docs/rooms/quality.md"),
    "harvest-field-unknown": _words("写该数据集的字段", "name fields of that data set"),
    "policy-consent": _words("在 policy.subject 写明本人字段；须同意的字段不开放", "name the person's field in policy.subject; do not open what needs consent"),
    "sample-missing": _words("把样例放进 samples，或改正文件名（区分大小写）", "put the sample into samples, or mend its name (case counts)"),
    "watermark-unknown": _words("写数据集里递增的字段", "name the data set's field that grows"),
    "source-without-key": _words("给数据集写 key", "give the data set a key"),
    "encoding-unknown": _words("写 utf-8、gb18030 等编码名，或不写", "write utf-8, gb18030 or another encoding, or leave it out"),
    "code-parent-unknown": _words("上级代码须在同一版本里", "the code above must be in the same version"),
    "version-twice": _words("给其中一个版本换名", "give one of the two versions another name"),
    "agreement-office-unknown": _words("写 offices/ 里已声明的部门编号", "name an office that some pack declares in offices/"),
    "agreement-field-unknown": _words("只写要求此项授权的数据集或基础库的字段", "name fields of what asks for this agreement"),
    "access-office-unknown": _words("写 offices/ 里已声明的部门编号", "name an office that some pack declares in offices/"),
    "law-ends-early": _words("核对施行日和废止日", "check both days"),
    "law-twice": _words("同一法规只声明一次", "declare a law once"),
    "division-unknown": _words("写行政区划代码表里的代码", "write a code of the table of divisions"),
    "post-twice": _words("给岗位换一个编号", "give the post another id"),
    "account-twice": _words("给岗位换一个演示账号", "give the post another demo account"),
    "rule-field-unknown": _words("规则只能写本数据集的字段", "a rule names fields of this data set"),
    "rule-day-unknown": _words("as_of 写一个日期字段", "name a field of dates"),
    "rule-dataset-unknown": _words("写已声明的数据集", "name a data set that some pack declares"),
    "standard-unknown": _words("写一个校验规则或代码表的名称", "name a validator or a code list"),
    "rule-codelist-unknown": _words("写已声明的代码表", "name a code list that some pack declares"),
    "policy-field-unknown": _words("策略只能写本数据集的字段", "a policy names fields of this data set"),
    "mark-on-code": _words("把水印放在文字字段上", "put the mark on a field of text"),
    "harvest-dataset-unknown": _words("写已声明的数据集", "name a data set that some pack declares"),
    "dataset-unknown": _words("写已声明的数据集", "name a data set that some pack declares"),
    "path-missing": _words("写明文件名，或把 root 改为 given", "name the file, or make the root given"),
    "path-outside": _words("只写文件夹内的相对路径", "write a relative path inside the folder"),
    "sql-incomplete": _words("写 table，以及 connection 或 path", "give the table, and connection or path"),
    "watermark-missing": _words("写明按哪一列增量", "name the column that grows"),
    "code-twice": _words("删去重复的代码", "remove the repeated code"),
    "codelist-broken": _words("核对文件名和列名：code、zh、en、parent", "check the file's name and columns: code, zh, en, parent"),
    "codelist-file": _words("只写同一文件夹里的文件名", "name a file that lies beside the list"),
    "register-names": _words("核对数据集和字段的编号", "check the ids of data sets and fields"),
    "interface": _words("核对接口种类与各项是否相配", "check that the items fit the kind"),
    "measure-unknown": _words("写一个平台已有的度量", "name a measure of the platform"),
    "measure-about": _words("写上 of，流程还要写 working_days", "write of; for a process working_days as well"),
    "measure-of-unknown": _words("写已声明的闭环或流程", "name a loop or process that some pack declares"),
    "one-node": _words("一个节点只声明一次，删去多余的", "a node is declared once: remove the other"),
    # loops
    "name-twice": _words("给其中一个换一个编号", "give one of the two another id"),
    "start-unknown": _words("start 写一个已有的状态", "start names a state of the loop"),
    "state-unknown": _words("写一个已有的状态", "name a state of the loop"),
    "no-final-state": _words("给办结的状态写 final: true", "mark the last state with final: true"),
    "amber-too-early": _words("把 amber 写得小于 working_days", "make amber less than working_days"),
    "action-from-final": _words("终结之后如需再办，另立一案", "open another dossier for what comes after the end"),
    "system-has-no-office": _words("写 who: any", "write who: any"),
    "state-unreachable": _words("加一个到达它的动作，或删去它", "add an action that leads there, or remove it"),
    "state-without-end": _words("加一个通向终结的动作", "add an action that leads to an end"),
    # scenarios
    "actor-unknown": _words("写“部门/角色”，如 market-regulation/data_officer", "write office/role, such as market-regulation/data_officer"),
    "role-unknown": _words("写“部门/角色”，如 market-regulation/data_officer", "write office/role, such as market-regulation/data_officer"),
    "verb-unknown": _words("可用的动作见 docs/packs/scenarios.md", "docs/packs/scenarios.md lists the verbs"),
    "verb-arguments": _words("这个动作要写什么见 docs/packs/scenarios.md", "docs/packs/scenarios.md says what the verb takes"),
    "then-acts": _words("把它移到 do", "move it to do"),
    "keep-name": _words("用汉字或字母作名字，不用 result、today 和 FEEL 的保留字", "use letters; not result, today or FEEL's own words"),
    "expects-nothing": _words("写 result 或前面 keep 的名字应是什么", "say what result, or a name that was kept, must be"),
    "nothing-expected": _words("至少写一条 expect", "expect something at least once"),
    "refusal-unknown": _words("写错误代码，如 security.forbidden", "write the refusal's code, such as security.forbidden"),
    "scenario-names": _words("写已声明的编号", "write an id that some pack declares"),
    "feel": _words("按 FEEL 书写；只用前面 keep 过的名字", "write FEEL, with names that were kept before"),
    # rules
    "rules-pack-missing": _words("把所需的应用包放到一起，或改正 needs", "put the needed pack beside this one, or mend the needs"),
}  # fmt: skip

_SCHEMA = {
    "schema-missing": _words("补上这一项", "add it"),
    "schema-extra_forbidden": _words("删去，或核对拼写", "remove it, or check its spelling"),
    "schema-string_pattern_mismatch": _words("按要求的写法书写：小写字母、数字和连字符", "write it in the form asked for: small letters, digits and hyphens"),
}  # fmt: skip
SCHEMA = _words("按这一项的要求书写，见 docs/packs/README.md", "write it as docs/packs/README.md says")
# What a room finds by many rules of its own, by how their names begin.
FAMILIES = {
    "forms-json": _words("按 JSON 书写：双引号、不留尾逗号、不写注释", "write JSON: double quotes, no trailing commas, no comments"),
    "forms-schema": _words("按 JSON Schema 2020-12 书写，不引用外部文件", "write JSON Schema 2020-12, with no reference to other files"),
    "forms-feel": _words("按 FEEL 书写，用半角符号", "write FEEL, with half-width signs"),
    "forms-register": _words("核对基础库和字段的编号", "check the ids of the register and its fields"),
    "forms-": _words("按 docs/rooms/forms.md 改正这一项", "mend it as docs/rooms/forms.md says"),
    "process-expression": _words("按 FEEL 书写，用半角符号", "write FEEL, with half-width signs"),
    "process-file": _words("用 BPMN 编辑器重新保存，不含 DOCTYPE", "save it again with a BPMN editor, without a DOCTYPE"),
    "process-office": _words("写 offices/ 里已声明的部门编号、requester 或 = 表达式", "name an office of offices/, requester, or an = expression"),
    "process-service": _words("可用的服务见 docs/rooms/workflow.md", "docs/rooms/workflow.md says which services there are"),
    "process-decision": _words("写规则文件里决策的名称", "write the name of a decision of that rule file"),
    "process-": _words("在流程图里改正这个元素，写法见 docs/rooms/workflow.md", "mend the element in the drawing; docs/rooms/workflow.md says how"),
}  # fmt: skip
RULES = _words("在规则编辑页打开此文件，逐格改正", "open the file in the rule editor and mend the cell")
OTHER = _words("按提示改正后再检查一次", "mend it as the message says and check again")


def for_rule(rule: str) -> Words:
    """What to do about a finding of this rule."""
    for part in PARTS:
        if rule in part.advice:
            return part.advice[rule]
    if rule.startswith("schema-"):
        return _SCHEMA.get(rule, SCHEMA)
    if rule.startswith("rules-") and rule not in ADVICE:
        return RULES
    if rule in ADVICE:
        return ADVICE[rule]
    return next((said for family, said in FAMILIES.items() if rule.startswith(family)), OTHER)
