"""Refusals that concern uploaded files."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Forbidden, InvalidInput


class FileMissing(InvalidInput):
    """Nothing was uploaded, or a file without a byte."""

    code = "file_missing"
    message = _("没有选择文件，或文件为空。")
    remedy = _("请选择一个非空文件。")


class FileTooLarge(InvalidInput):
    """Over the limit of settings.UPLOAD_LIMIT_BYTES."""

    code = "file_too_large"
    remedy = _("请压缩或拆分后重新上传。")


class FileKindRefused(InvalidInput):
    """A kind of file that the laboratory does not keep."""

    code = "file_kind_refused"
    remedy = _("请改用下列类型之一：%(kinds)s。")


class FileTypeMismatch(InvalidInput):
    """The content is not what the name says."""

    code = "file_type_mismatch"
    remedy = _("请核对文件是否损坏或改错了扩展名，再重新上传。")


class FileOfAnotherCompany(Forbidden):
    """A vendor keeps files of the own company only."""

    code = "file_of_another_company"
    message = _("您只能上传本单位的文件。")
    remedy = _("请以本单位的身份上传。")
