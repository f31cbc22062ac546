"""Puts the words of specifications into the reader's language; reads no database."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_noop

# Options and units that stand in the data of device types in Chinese alone. A test asks for new ones.
WORDS = frozenset({
    gettext_noop("SF6密度"), gettext_noop("三脚架"), gettext_noop("三证书"), gettext_noop("个"), gettext_noop("主备"),
    gettext_noop("互通性"), gettext_noop("交流"), gettext_noop("交通"), gettext_noop("产业市场监测报告"),
    gettext_noop("产品名录"), gettext_noop("以太网"), gettext_noop("优秀产品推荐手册"), gettext_noop("全电流"),
    gettext_noop("公安"), gettext_noop("内置"), gettext_noop("内置模块"), gettext_noop("分钟"), gettext_noop("功能"),
    gettext_noop("双光谱"), gettext_noop("双证书"), gettext_noop("取能"), gettext_noop("可见光"), gettext_noop("台"),
    gettext_noop("吊销列表"), gettext_noop("在线查询"), gettext_noop("基站"), gettext_noop("外挂CPE"),
    gettext_noop("完整性"), gettext_noop("室内"), gettext_noop("室内吸顶型"), gettext_noop("室内型"),
    gettext_noop("室外"), gettext_noop("室外型"), gettext_noop("导轨"), gettext_noop("布控球"), gettext_noop("平板"),
    gettext_noop("年"), gettext_noop("张"), gettext_noop("快速切换"), gettext_noop("性能"), gettext_noop("手持终端"),
    gettext_noop("手机"), gettext_noop("挂壁"), gettext_noop("振动"), gettext_noop("政务"), gettext_noop("本地转发"),
    gettext_noop("机器人"), gettext_noop("桥接"), gettext_noop("次/秒"), gettext_noop("海关"), gettext_noop("液位"),
    gettext_noop("温度"), gettext_noop("湿度"), gettext_noop("独立证书签发服务器"), gettext_noop("电力"),
    gettext_noop("电池"), gettext_noop("电磁兼容"), gettext_noop("电网视频平台协议"), gettext_noop("瘦AP"),
    gettext_noop("盐雾"), gettext_noop("直流"), gettext_noop("石化"), gettext_noop("硬件设备"),
    gettext_noop("笔记本"), gettext_noop("红外"), gettext_noop("缓存"), gettext_noop("胖AP"),
    gettext_noop("胖瘦一体"), gettext_noop("证书"), gettext_noop("路由"), gettext_noop("软件"),
    gettext_noop("阻性电流"), gettext_noop("集中转发"), gettext_noop("集群"), gettext_noop("预共享密钥"),
    gettext_noop("预鉴别"), gettext_noop("高低温"),
})


def word(value: Any) -> str:
    """An option or a unit in the reader's language; what a person typed stays as it is."""
    text = str(value)
    return gettext(text) if text in WORDS else text
