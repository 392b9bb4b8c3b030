"""Emoji that Slack writes as names, as the signs themselves, for readers whose mail program knows no such names.

Most names are Unicode's own, in other letters (`:large_green_circle:`), or made by a rule (flags, shades of skin). The
table holds names in use that are not, and those that Unicode gives to another sign. A name that is none of them, such
as a workspace's own emoji, stays as it was typed.
"""

from __future__ import annotations

import re
import unicodedata

_NAME = re.compile(r"(?<!\w):([a-z0-9_+'-]{1,60}):(?::skin-tone-([2-6]):)?")
_FLAG = re.compile(r"(?:flag-)([a-z]{2})|(de|es|fr|it|jp|kr|ru|cn|us|gb|uk)")
_FIRST_LETTER, _FIRST_SHADE = 0x1F1E6, 0x1F3FB
# Below stand signs that are drawn as text unless the mark behind them asks for an emoji; above, only emoji are meant.
_FIRST_OLD, _FIRST_EMOJI, _AS_EMOJI = 0x2600, 0x1F300, "\ufe0f"
_TABLE = """
    smile=😄 smiley=😃 grinning=😀 grin=😁 laughing=😆 satisfied=😆 sweat_smile=😅 joy=😂 rofl=🤣 blush=😊 innocent=😇
    slightly_smiling_face=🙂 simple_smile=🙂 upside_down_face=🙃 wink=😉 relaxed=☺️ relieved=😌 heart_eyes=😍
    kissing_heart=😘 stuck_out_tongue=😛 stuck_out_tongue_winking_eye=😜 sunglasses=😎 nerd_face=🤓 partying_face=🥳
    star-struck=🤩 hugging_face=🤗 thinking_face=🤔 face_with_raised_eyebrow=🤨 neutral_face=😐 expressionless=😑
    smirk=😏 unamused=😒 face_with_rolling_eyes=🙄 grimacing=😬 sleepy=😪 sleeping=😴 sweat=😓 pensive=😔 confused=😕
    slightly_frowning_face=🙁 white_frowning_face=☹️ disappointed=😞 worried=😟 cry=😢 sob=😭 frowning=😦 anguished=😧
    open_mouth=😮 astonished=😲 flushed=😳 fearful=😨 cold_sweat=😰 scream=😱 tired_face=😫 weary=😩 triumph=😤 rage=😡
    angry=😠 melting_face=🫠 saluting_face=🫡 exploding_head=🤯 pleading_face=🥺 face_palm=🤦 facepalm=🤦 shrug=🤷
    face_with_cowboy_hat=🤠 zany_face=🤪 shushing_face=🤫 mask=😷 skull=💀 ghost=👻 robot_face=🤖 hankey=💩 poop=💩
    man-shrugging=🤷‍♂️ woman-shrugging=🤷‍♀️ man-facepalming=🤦‍♂️ woman-facepalming=🤦‍♀️ man-bowing=🙇‍♂️
    woman-bowing=🙇‍♀️ bow=🙇 raising_hand=🙋 wave=👋 +1=👍 thumbsup=👍 -1=👎 thumbsdown=👎 ok_hand=👌 clap=👏 pray=🙏
    raised_hands=🙌 muscle=💪 handshake=🤝 hand=✋ raised_hand=✋ v=✌️ crossed_fingers=🤞 the_horns=🤘 fist=✊
    facepunch=👊 punch=👊 point_up=☝️ point_up_2=👆 point_down=👇 point_left=👈 point_right=👉 writing_hand=✍️
    open_hands=👐 heart=❤️ hearts=♥️ heartpulse=💗 broken_heart=💔 two_hearts=💕 100=💯 boom=💥 collision=💥 zzz=💤
    eyes=👀 fire=🔥 tada=🎉 confetti_ball=🎊 gift=🎁 birthday=🎂 cake=🍰 trophy=🏆 medal=🎖️ star=⭐ star2=🌟 sparkles=✨
    zap=⚡ sunny=☀️ cloud=☁️ umbrella=☂️ snowflake=❄️ coffee=☕ tea=🍵 beer=🍺 beers=🍻 pizza=🍕 apple=🍎 egg=🥚
    white_check_mark=✅ heavy_check_mark=✔️ ballot_box_with_check=☑️ x=❌ negative_squared_cross_mark=❎ warning=⚠️
    no_entry=⛔ no_entry_sign=🚫 exclamation=❗ heavy_exclamation_mark=❗ question=❓ grey_question=❔ bangbang=‼️
    grey_exclamation=❕ interrobang=⁉️ information_source=ℹ️ heavy_plus_sign=➕ heavy_minus_sign=➖ recycle=♻️
    red_circle=🔴 large_blue_circle=🔵 white_circle=⚪ black_circle=⚫ arrow_right=➡️ arrow_left=⬅️ arrow_up=⬆️
    arrow_down=⬇️ arrow_upper_right=↗️ arrow_lower_right=↘️ leftwards_arrow_with_hook=↩️ arrows_counterclockwise=🔄
    rotating_light=🚨 bell=🔔 no_bell=🔕 mega=📣 loudspeaker=📢 speech_balloon=💬 thought_balloon=💭 email=✉️ envelope=✉️
    e-mail=📧 incoming_envelope=📨 envelope_with_arrow=📩 inbox_tray=📥 outbox_tray=📤 package=📦 phone=☎️
    telephone=☎️ telephone_receiver=📞 iphone=📱 computer=💻 keyboard=⌨️ printer=🖨️ floppy_disk=💾 cd=💿 satellite=🛰️
    hourglass=⌛ hourglass_flowing_sand=⏳ watch=⌚ alarm_clock=⏰ stopwatch=⏱️ calendar=📆 date=📅 memo=📝 pencil=📝
    pencil2=✏️ book=📖 books=📚 bookmark=🔖 clipboard=📋 pushpin=📌 round_pushpin=📍 paperclip=📎 link=🔗 mag=🔍
    mag_right=🔎 lock=🔒 unlock=🔓 key=🔑 wrench=🔧 hammer=🔨 hammer_and_wrench=🛠️ tools=🛠️ gear=⚙️ bulb=💡 bug=🐛
    beetle=🪲 ladybug=🐞 construction=🚧 ticket=🎫 admission_tickets=🎟️ moneybag=💰 credit_card=💳 chart=💹 bar_chart=📊
    rocket=🚀 airplane=✈️ car=🚗 truck=🚚 bus=🚌 train=🚋 bike=🚲 house=🏠 office=🏢 hospital=🏥 earth_africa=🌍
    earth_americas=🌎 earth_asia=🌏 dog=🐶 cat=🐱 mouse=🐭 cow=🐮 pig=🐷 horse=🐴 rabbit=🐰 tiger=🐯 whale=🐳 tulip=🌷
    rose=🌹 sunflower=🌻 four_leaf_clover=🍀 christmas_tree=🎄 snowman=☃️ kiss=💋 lips=👄 bust_in_silhouette=👤
    first_quarter_moon=🌓 last_quarter_moon=🌗 lightning=🌩️ sun_behind_cloud=🌥️ man_in_tuxedo=🤵‍♂️ rainbow-flag=🏳️‍🌈
    yum=😋 hushed=😯 no_mouth=😶 confounded=😖 persevere=😣 see_no_evil=🙈 no_good=🙅 ok_woman=🙆 shit=💩 gem=💎 art=🎨
    dollar=💵 euro=💶 pound=💷 yen=💴 arrows_clockwise=🔃 repeat=🔁 infinity=♾️ tm=™️ copyright=©️ registered=®️ o=⭕ ok=🆗
    new=🆕 free=🆓 sos=🆘 up=🆙 cool=🆒 fax=📠 mailbox=📫 tv=📺 soccer=⚽ scissors=✂️ wheelchair=♿ walking=🚶 running=🏃
    shirt=👕 red_car=🚗 timer_clock=⏲️ black_square_for_stop=⏹️ arrow_forward=▶️ eject=⏏️ left_right_arrow=↔️ loop=➿
    zero=0️⃣ one=1️⃣ two=2️⃣ three=3️⃣ four=4️⃣ five=5️⃣ six=6️⃣ seven=7️⃣ eight=8️⃣ nine=9️⃣ hash=#️⃣
"""
_SIGNS = dict(entry.split("=") for entry in _TABLE.split())


def with_emoji(text: str) -> str:
    """Return a text with the sign of each emoji that is known by its name."""
    return _NAME.sub(_shown, text) if text.count(":") > 1 else text


def _shown(found: re.Match[str]) -> str:
    sign = _SIGNS.get(found[1]) or _flag(found[1]) or _by_unicode(found[1])
    if not sign:
        return found[0]
    shade = chr(_FIRST_SHADE + int(found[2]) - 2) if found[2] else ""
    return sign[0] + shade + sign[1:].removeprefix(_AS_EMOJI) if shade else sign


def _flag(name: str) -> str:
    land = _FLAG.fullmatch(name)
    letters = ((land[1] or land[2]) if land else "").replace("uk", "gb")
    return "".join(chr(_FIRST_LETTER + ord(letter) - ord("a")) for letter in letters)


def _by_unicode(name: str) -> str:
    try:
        sign = unicodedata.lookup(name.replace("_", " ").replace("-", " "))
    except KeyError:
        return ""
    if unicodedata.category(sign) != "So" or ord(sign) < _FIRST_OLD:
        return ""
    return sign if ord(sign) >= _FIRST_EMOJI else sign + _AS_EMOJI
