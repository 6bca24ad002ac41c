"""Make a rate deck of real size: a price for every country, finer ones below it.

    deck.py FILE [--prefixes 110000] [--seed 7] [--change 0.0]

Prices are invented; country codes are the real ones. The same arguments give the same deck.
`--change` makes that share of the prices a little dearer or cheaper, as a new week's deck is.
"""

from __future__ import annotations

import argparse
import csv
import random
from pathlib import Path

COUNTRIES = """
1 United States|1204 Canada|1242 Bahamas|1246 Barbados|1345 Cayman Islands|1416 Canada|1514 Canada|1604 Canada
1658 Jamaica|1787 Puerto Rico|1809 Dominican Republic|1868 Trinidad and Tobago|1876 Jamaica|20 Egypt|211 South Sudan
212 Morocco|213 Algeria|216 Tunisia|218 Libya|220 Gambia|221 Senegal|222 Mauritania|223 Mali|224 Guinea
225 Ivory Coast|226 Burkina Faso|227 Niger|228 Togo|229 Benin|230 Mauritius|231 Liberia|232 Sierra Leone|233 Ghana
234 Nigeria|235 Chad|236 Central African Republic|237 Cameroon|238 Cape Verde|240 Equatorial Guinea|241 Gabon
242 Congo|243 DR Congo|244 Angola|245 Guinea-Bissau|248 Seychelles|249 Sudan|250 Rwanda|251 Ethiopia|252 Somalia
253 Djibouti|254 Kenya|255 Tanzania|256 Uganda|257 Burundi|258 Mozambique|260 Zambia|261 Madagascar|262 Reunion
263 Zimbabwe|264 Namibia|265 Malawi|266 Lesotho|267 Botswana|268 Eswatini|269 Comoros|27 South Africa|291 Eritrea
297 Aruba|298 Faroe Islands|299 Greenland|30 Greece|31 Netherlands|32 Belgium|33 France|34 Spain|350 Gibraltar
351 Portugal|352 Luxembourg|353 Ireland|354 Iceland|355 Albania|356 Malta|357 Cyprus|358 Finland|359 Bulgaria
36 Hungary|370 Lithuania|371 Latvia|372 Estonia|373 Moldova|374 Armenia|375 Belarus|376 Andorra|377 Monaco
378 San Marino|380 Ukraine|381 Serbia|382 Montenegro|383 Kosovo|385 Croatia|386 Slovenia|387 Bosnia and Herzegovina
389 North Macedonia|39 Italy|40 Romania|41 Switzerland|420 Czech Republic|421 Slovakia|423 Liechtenstein|43 Austria
44 United Kingdom|45 Denmark|46 Sweden|47 Norway|48 Poland|49 Germany|500 Falkland Islands|501 Belize|502 Guatemala
503 El Salvador|504 Honduras|505 Nicaragua|506 Costa Rica|507 Panama|509 Haiti|51 Peru|52 Mexico|53 Cuba|54 Argentina
55 Brazil|56 Chile|57 Colombia|58 Venezuela|590 Guadeloupe|591 Bolivia|592 Guyana|593 Ecuador|594 French Guiana
595 Paraguay|596 Martinique|597 Suriname|598 Uruguay|60 Malaysia|61 Australia|62 Indonesia|63 Philippines
64 New Zealand|65 Singapore|66 Thailand|670 East Timor|673 Brunei|675 Papua New Guinea|676 Tonga|677 Solomon Islands
678 Vanuatu|679 Fiji|680 Palau|685 Samoa|687 New Caledonia|689 French Polynesia|7 Russia|77 Kazakhstan|81 Japan
82 South Korea|84 Vietnam|850 North Korea|852 Hong Kong|853 Macau|855 Cambodia|856 Laos|86 China|880 Bangladesh
886 Taiwan|90 Turkey|91 India|92 Pakistan|93 Afghanistan|94 Sri Lanka|95 Myanmar|960 Maldives|961 Lebanon|962 Jordan
963 Syria|964 Iraq|965 Kuwait|966 Saudi Arabia|967 Yemen|968 Oman|970 Palestine|971 United Arab Emirates|972 Israel
973 Bahrain|974 Qatar|975 Bhutan|976 Mongolia|977 Nepal|98 Iran|992 Tajikistan|993 Turkmenistan|994 Azerbaijan
995 Georgia|996 Kyrgyzstan|998 Uzbekistan
"""
INCREMENTS = ["1/1", "1/1", "60/60", "60/1", "30/6", "60/6"]
LONGEST = 8


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--prefixes", type=int, default=110_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--change", type=float, default=0.0)
    options = parser.parse_args()
    write(options.file, options.prefixes, options.seed, options.change)


def write(file: Path, prefixes: int = 110_000, seed: int = 7, change: float = 0.0) -> None:
    """Write the deck: prefix, name, rate a minute, increment; blocked ones have no rate."""
    deck = make(prefixes, seed)
    rng = random.Random(seed + 1)
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["Prefix", "Destination", "Rate", "Increment", "Status"])
        for prefix in sorted(deck):
            name, micros, increment = deck[prefix]
            if rng.random() < change:
                micros = max(100, micros * rng.choice([90, 95, 105, 110]) // 100)
            rate = f"{micros // 1_000_000}.{micros % 1_000_000:06d}"
            blocked = name.endswith("Premium")
            writer.writerow(
                [prefix, name, "" if blocked else rate, increment, "blocked" if blocked else "open"]
            )


def make(prefixes: int, seed: int) -> dict[str, tuple[str, int, str]]:
    """Prefix → name, price in millionths a minute, increment."""
    rng = random.Random(seed)
    deck: dict[str, tuple[str, int, str]] = {}
    for code, country in (c.split(" ", 1) for c in "|".join(COUNTRIES.split("\n")).split("|") if c):
        deck[code] = (country, rng.randrange(3_000, 60_000), rng.choice(INCREMENTS))
    codes = list(deck)
    deck["449098"] = ("United Kingdom Premium", 0, "60/60")
    while len(deck) < prefixes:
        code = rng.choice(codes)
        country, price, increment = deck[code]
        kind, factor = rng.choice([("Mobile", 3), ("Mobile", 4), ("City", 1), ("Special", 6)])
        branch = code + "".join(rng.choice("0123456789") for _ in range(rng.randint(1, 3)))
        for last in range(10):
            prefix = f"{branch}{last}"
            if len(prefix) <= LONGEST and prefix not in deck:
                spread = rng.randrange(80, 121)
                deck[prefix] = (
                    f"{country} {kind}",
                    max(500, price * factor * spread // 100),
                    increment,
                )
    return deck


if __name__ == "__main__":
    main()
