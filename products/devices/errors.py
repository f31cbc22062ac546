"""Refusals that concern devices and their descriptions."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput, Stale


class DeviceTypesInvalid(InvalidInput):
    """The file of device types contradicts itself; `rows` names type, field and fault."""

    code = "device_types_invalid"
    message = _("设备类型数据有误，未作任何更改。")
    remedy = _("请按逐行列出的原因修改后重新导入。")


class SpecificationInvalid(InvalidInput):
    """A device's description lacks a field or holds a value that its field does not take; `rows` names each."""

    code = "specification_invalid"
    message = _("产品参数填写有误。")
    remedy = _("请按各字段的提示修改。")


class DeviceTextMissing(InvalidInput):
    """A device without a name, model or version cannot be told from another."""

    code = "text_missing"
    message = _("此项必填。")
    remedy = _("请按产品铭牌或说明书填写。")


class DeviceTextTooLong(InvalidInput):
    """A name or model that its column cannot hold."""

    code = "text_too_long"
    message = _("内容过长。")
    remedy = _("请缩短后重新提交。")


class ModelPlaceholder(InvalidInput):
    """A word that stands for a model that is not there; it would be printed as the model."""

    code = "model_placeholder"
    message = _("这不是型号。")
    remedy = _("产品上没有型号时，请勾选“产品上没有型号”（接口中 model 写 null），将显示为“未载明”。")


class PredecessorInvalid(InvalidInput):
    """A device follows another one of the same company and type, never itself or one that follows it."""

    code = "predecessor_invalid"
    message = _("该产品不能作为前一产品。")
    remedy = _("请选择本企业同一设备类型的另一产品；两个产品不能互为前一产品。")


class IdentityFixed(Conflict):
    """Another model is another device: what was applied for keeps its model and predecessor."""

    code = "identity_fixed"
    message = _("该产品已提交过申请，型号和前一产品不能再改。")
    remedy = _("型号不同就是另一产品：请另行登记新产品，可由此产品复制；正在补正的申请请在申请中修改型号。")


class DigestInvalid(InvalidInput):
    """A SHA-256 digest is 64 hexadecimal digits."""

    code = "digest_invalid"
    message = _("SHA-256 摘要须为64位十六进制数字。")
    remedy = _("请重新计算固件文件的摘要；没有时可不填。")


class FirmwareDiffers(InvalidInput):
    """The same version name with another digest is another firmware."""

    code = "firmware_differs"
    message = _("该固件版本已登记，但摘要不同。")
    remedy = _("不同的固件请使用不同的版本号；如摘要有误请更正。")


class NotOwnDevice(Forbidden):
    """Only users of a company describe its devices."""

    code = "not_own_device"
    message = _("您无权填写该企业的产品。")
    remedy = _("请由该企业的用户填写。")


class DeviceStale(Stale):
    """Somebody else changed the device in between; `extra` holds what stands now."""

    message = _("他人刚刚修改了该产品，您的更改未保存。")
    remedy = _("请核对当前内容后重新提交。")
