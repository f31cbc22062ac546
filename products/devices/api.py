"""Endpoints of devices: describe one's own, look, change."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from members.requests.api import Private, Read, Writing
from products.devices.errors import NotOwnDevice
from products.devices.models import Device, DeviceType
from products.devices.selectors import devices_visible_to
from products.devices.serializers import DeviceChange, DeviceIn, DeviceOut
from products.devices.services import change_device, describe_device
from wapicert.errors import InvalidInput


class UnknownDeviceType(InvalidInput):
    """No such kind of device."""

    code = "unknown_device_type"
    message = _("没有这种设备类型。")
    remedy = _("请从设备类型列表中选择。")


def device_type_by(code: str) -> DeviceType:
    """The type of this code; raises UnknownDeviceType."""
    found = DeviceType.objects.filter(code=code).first()
    if found is None:
        raise UnknownDeviceType(field="device_type", extra={"device_type": code})
    return found


class DeviceView(Private):
    """Anything at a device's address."""

    serializer_class = DeviceOut

    def get_queryset(self) -> QuerySet[Device]:
        return devices_visible_to(self.user).prefetch_related("hardware", "firmware")


class Devices(DeviceView, Writing, ListAPIView[Device]):
    """The own company's devices, or all of them for the alliance's staff, newest first; describing one."""

    input_class, output_class, success_status = DeviceIn, DeviceOut, 201
    service = staticmethod(describe_device)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Describe a device of one's own company."""
        return self.write(request)

    def act(self, subject: Any, data: Any, **version: int) -> Device:
        if self.user.company is None:
            raise NotOwnDevice
        kind = device_type_by(data.pop("device_type"))
        return describe_device(company=self.user.company, device_type=kind, actor=self.user, **data)

    def present_result(self, subject: Any, result: Device) -> Any:
        return self.present(self.get_queryset().get(pk=result.pk))


class OneDevice(DeviceView, Writing, Read):
    """A device; changing its description."""

    input_class, output_class = DeviceChange, DeviceOut
    subject_name = "device"
    needs_version = True
    service = staticmethod(change_device)

    def find(self) -> Device:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change texts or the whole specification; what is not named stays."""
        return self.write(request)
