"""Who speaks on Oakfield Primary School's Facebook page. All are invented."""

from __future__ import annotations

from monitor.demo.world import Author

PAGE = Author("104857600000001", "Oakfield Primary School")
IMPOSTOR = Author("5100000000000666", PAGE.name)
"""Shows the school's name, but is not the school."""
ABOUT = "News of our school. How we use this page: https://oakfield.example/social-media-policy"


def _person(number: int, name: str) -> Author:
    return Author(f"51000000000001{number:02}", name)


PRIYA, GARETH, NIA = _person(1, "Priya Nandharan"), _person(2, "Gareth Polwick"), _person(3, "Nia Tegwedd")
TOM, DANUTA, CARL = _person(4, "Tom Ashbrindle"), _person(5, "Danuta Wierzbiak"), _person(6, "Carl Stubbley")
HANNAH, MO, JOSIE = _person(7, "Hannah Quillby"), _person(8, "Mo Farrukhi"), _person(9, "Josie Larkwell")
DEAN, RUTH, KEV = _person(10, "Dean Mossop-Hale"), _person(11, "Ruth Oyelana"), _person(12, "Kev Drabwell")
SANDRA, LIAM, BEV = _person(13, "Sandra Pickerley"), _person(14, "Liam O'Tarragh"), _person(15, "Bev Thornaby-Cole")
WIN = _person(16, "Win Big Rewards")
