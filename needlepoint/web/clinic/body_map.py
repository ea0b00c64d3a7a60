"""The map of the body: for every area of the vocabulary the shapes by which it can be touched, on three drawings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from needlepoint import knowledge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One outline; `both` draws it a second time, mirrored about the middle of the drawing."""

    path: str
    both: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One view: its size, what is only drawn, and the shapes of each area."""

    id: str
    label: str
    width: int
    height: int
    below: tuple[Shape, ...]
    areas: Mapping[str, tuple[Shape, ...]]
    above: tuple[Shape, ...] = ()

    @property
    def mirror(self) -> str:
        """Give the transformation that turns left into right."""
        return f"matrix(-1 0 0 1 {self.width} 0)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An area as a drawing shows it."""

    area: str
    label: str
    chosen: bool
    never: bool
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A drawing with its places in the order of the vocabulary."""

    drawing: Drawing
    places: tuple[Place, ...]


def _one(path: str) -> tuple[Shape, ...]:
    return (Shape(path=path),)


def _pair(path: str) -> tuple[Shape, ...]:
    return (Shape(path=path, both=True),)


_ARM: Final = Shape(path="M33 194 L53 197 C51 217 47 236 43 252 L27 249 C27 231 29 212 33 194Z", both=True)
_LEGS: Final = (
    Shape(path="M74 369 L101 369 C103 401 99 440 97 476 L80 476 C76 440 71 404 74 369Z", both=True),
    Shape(path="M80 479 L98 479 C99 492 95 501 84 501 C76 499 76 490 80 479Z", both=True),
)
_UPPER_ARM: Final = _pair(
    "M57 108C45 112 41 124 39 140C37 160 35 176 33 191L53 194C57 178 61 160 63 146C61 134 59 120 57 108Z"
)
_HAND: Final = _pair("M27 252 L43 255 C45 265 43 277 39 287 C34 295 26 295 22 288 C20 276 23 262 27 252Z")
_NECK: Final = _one("M98 70 L98 84 C92 90 86 92 79 94 L141 94 C134 92 128 90 122 84 L122 70 C116 76 104 76 98 70Z")

FACE: Final = Drawing(
    id="face",
    label="Face",
    width=300,
    height=412,
    below=(
        Shape(path="M150 18C85 18 56 66 56 140C56 190 60 236 74 276C88 316 118 356 150 356C182 356 212 316 226 276"
              "C240 236 244 190 244 140C244 66 215 18 150 18Z"),
    ),
    areas={
        "neck": _one("M105 330C107 352 105 372 99 386C91 394 79 400 65 406L235 406C221 400 209 394 201 386"
                     "C195 372 193 352 195 330C183 349 167 361 150 362C133 361 117 349 105 330Z"),
        "scalp": _one("M57 152C48 70 90 14 150 14C210 14 252 70 243 152C237 122 228 106 217 95C196 64 104 64 83 95"
                      "C72 106 63 122 57 152Z"),
        "ears": _pair("M56 166C43 156 37 171 43 190C47 207 54 217 62 215C60 200 57 184 56 166Z"),
        "forehead": _one("M87 98C106 69 194 69 213 98C212 113 209 127 206 141C190 131 173 131 165 140L135 140"
                         "C127 131 110 131 94 141C91 127 88 113 87 98Z"),
        "temples": _pair("M84 101C86 117 89 130 92 144C86 151 80 158 76 167C69 167 63 171 59 175"
                         "C58 150 64 120 84 101Z"),
        "glabella": _one("M137 143L163 143C161 152 160 159 159 168L141 168C140 159 139 152 137 143Z"),
        "crows_feet": _pair("M82 167C82 176 81 186 82 195C76 199 70 203 64 205C61 195 60 186 60 179"
                             "C66 173 75 169 82 167Z"),
        "eyelids": _pair("M85 178C95 160 124 160 134 179C122 195 97 195 85 178Z"),
        "under_eye": _pair("M84 183C97 200 123 199 135 184C137 192 137 200 133 206C117 219 95 213 84 199Z"),
        "nose": _one("M142 171L158 171C158 190 163 211 171 227C176 240 168 246 160 243C156 249 144 249 140 243"
                     "C132 246 124 240 129 227C137 211 142 190 142 171Z"),
        "nostrils": _pair("M131 240C133 233 143 234 145 241C142 248 134 248 131 240Z"),
        "cheeks": _pair("M62 209C70 207 78 203 83 200C94 215 116 221 131 211C128 219 124 227 122 235"
                        "C120 247 114 255 106 263"
                        "C100 273 96 283 94 293C88 291 82 287 78 281C70 261 64 235 62 209Z"),
        "perioral": _pair("M110 265C108 272 108 278 111 283C123 300 138 305 150 305L150 317C128 317 106 307 98 291"
                          "C99 281 103 273 110 265Z"),
        "upper_lip": _one("M126 250C134 247 141 252 150 252C159 252 166 247 174 250C180 256 184 264 184 270"
                          "C174 264 162 262 150 265C138 262 126 264 116 270C116 264 120 256 126 250Z"),
        "lips": _one("M114 276C126 267 142 266 150 270C158 266 174 267 186 276C174 292 162 297 150 297"
                     "C138 297 126 292 114 276Z"),
        "chin_jaw": _pair("M80 285C84 291 90 295 96 297C106 311 128 318 150 318L150 354C118 352 92 324 80 285Z"),
    },
    above=(
        Shape(path="M88 153C104 142 124 143 135 152C122 149 104 150 88 153Z", both=True),
        Shape(path="M93 178C103 169 117 169 127 179C116 186 103 186 93 178Z", both=True),
        Shape(path="M117 277C132 281 142 276 150 279C158 276 168 281 183 277"),
    ),
)  # fmt: skip

FRONT: Final = Drawing(
    id="front",
    label="Front",
    width=220,
    height=512,
    below=(
        Shape(path="M110 10C94 10 85 22 86 42C87 58 96 72 110 73C124 72 133 58 134 42C135 22 126 10 110 10Z"),
        Shape(path="M60 100L160 100L150 190L156 250L110 268L64 250L70 190Z"),
        _ARM,
        *_LEGS,
    ),
    areas={
        "neck": _NECK,
        "chest": _one("M79 96L141 96C151 98 158 102 163 108C160 122 158 132 154 139C140 128 124 130 110 138"
                      "C96 130 80 128 66 139C62 132 60 122 57 108C62 102 69 98 79 96Z"),
        "breasts": _pair("M67 141C80 131 97 132 109 141C110 157 104 171 92 175C78 175 68 167 65 153Z"),
        "abdomen": _one("M79 179C90 181 100 179 110 175C120 179 130 181 141 179C139 201 141 223 146 246"
                        "C130 256 120 262 110 264C100 262 90 256 74 246C79 223 81 201 79 179Z"),
        "flanks": _pair("M64 158C66 169 70 175 77 179C79 201 77 223 72 246C68 247 63 245 61 241C65 213 65 185 64 158Z"),
        "upper_arms": _UPPER_ARM,
        "hands": _HAND,
        "thighs": _pair("M73 250C87 258 100 264 109 267C109 300 105 336 101 366L74 366C68 330 65 290 69 252Z"),
    },
)  # fmt: skip

BACK: Final = Drawing(
    id="back",
    label="Back",
    width=220,
    height=512,
    below=(
        Shape(path="M60 100L160 100L150 190L156 250L110 268L64 250L70 190Z"),
        Shape(path="M96 62L124 62L124 74L96 74Z"),
        _ARM,
        *_LEGS,
    ),
    areas={
        "scalp": _one("M86 44C83 20 95 9 110 9C125 9 137 20 134 44C132 58 126 66 120 69L100 69C94 66 88 58 86 44Z"),
        "neck": _NECK,
        "back": _one("M79 96L141 96C151 98 158 102 163 108C159 140 155 168 151 190C147 207 147 217 149 228"
                     "C137 234 122 236 110 236C98 236 83 234 71 228C73 217 73 207 69 190C65 168 61 140 57 108"
                     "C62 102 69 98 79 96Z"),
        "upper_arms": _UPPER_ARM,
        "hands": _HAND,
        "buttocks": _pair("M70 231C83 237 97 239 109 239C110 259 108 273 104 280"
                           "C92 286 75 282 68 271C66 257 68 243 70 231Z"),
        "thighs": _pair("M69 276C78 286 94 288 106 283C107 311 105 341 101 366L74 366C68 337 65 306 69 276Z"),
    },
)  # fmt: skip

DRAWINGS: Final = (FACE, FRONT, BACK)


def views(chosen: Iterable[str], *, never: Iterable[str] = ()) -> tuple[View, ...]:
    """Give the three drawings with what is chosen, and what is never needled, marked."""
    names, picked, out = knowledge.load().vocabulary.areas, frozenset(chosen), frozenset(never)
    return tuple(
        View(
            drawing=drawing,
            places=tuple(
                Place(area=area, label=names[area].label, chosen=area in picked, never=area in out, shapes=shapes)
                for area, shapes in drawing.areas.items()
            ),
        )
        for drawing in DRAWINGS
    )
