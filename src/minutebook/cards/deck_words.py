"""The words of decks: our fields and the headings that are taken for them, and words that bear on money."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


FIELDS: dict[str, tuple[str, ...]] = {
    "prefix": (
        "indicatifs", "codedestination", "codigo", "codigodestino", "prefijos", "prefixodestino", "codice",
        "codicedestinazione", "prefissi", "destinationscode", "zielvorwahl", "кодназначения", "коднаправления",
        "телефонныикод", "коды", "префиксы", "onek", "telefonkodu", "前缀", "号码前缀", "代码", "字冠", "目的码", "被叫前缀",
        "prefix", "code", "dialprefix", "dialcode", "dstcode", "destinationcode", "dialingcode", "diallingcode",
        "destinationprefix", "dstprefix", "calledprefix", "dialcodes", "codes", "prefixes", "prefixe", "prefijo", "prefisso",
        "prefixo", "vorwahl", "rufnummernprefix", "npanxx", "npanxxx", "npanxxy", "kod", "код", "префикс", "indicatif",
        "npa", "numberprefix", "bnumberprefix",
    ),
    "prefix_to": ("code2", "codeto", "prefixto", "prefixend", "rangeend", "lastcode", "endcode", "toprefix", "tocode", "endprefix"),
    "country_code": (
        "landercode", "landerkennzahl", "landeskennzahl", "indicatifpays", "codigodelpais", "codigodopais",
        "кодстраны", "ulkekodu", "国家代码", "国家码",
        "countrycode", "cc", "countryprefix", "countrydialcode", "countrydialingcode", "landesvorwahl", "codigopais",
        "codepays", "prefissopaese", "countrycodes",
    ),
    "area_code": (
        "codezone", "indicatifregional", "codigodearea", "codigociudad", "кодгорода", "кодзоны", "alankodu", "区号",
        "地区码",
        "areacode", "citycode", "ndc", "area", "areacodes", "citycodes", "ortsvorwahl", "nationalcode", "codigoarea", "regioncode",
        "subcode", "nxx", "areaprefix",
    ),
    "name": (
        "libelledestination", "nombre", "nombredestino", "descricao", "nome", "наименование", "назначение",
        "описание", "hedef", "aciklama", "varısyeri", "名称", "目的地", "描述",
        "name", "destination", "description", "destinationname", "dstname", "zone", "ziel", "destino", "destinazione",
        "bezeichnung", "descripcion", "descrizione", "libelle", "направление", "название",
        "zielname", "zielbezeichnung", "zielgebiet", "zielort", "destname", "destinationdescription", "countrydestination",
        "nomdestination", "nomdeladestination", "nomdedestination", "nombredeldestino", "nombrededestino", "destinonombre",
        "nomedodestino", "nomededestino", "nomedestino", "nomedestinazione", "nomedelladestinazione", "nomedidestinazione",
        "названиенаправления", "наименованиенаправления", "имянаправления", "hedefadı", "hedefadi", "hedefismi", "varıs",
        "目的地名称",
    ),
    "rate": (
        "einkaufspreis", "verkaufspreis", "tarifminute", "coutminute", "prixalaminute", "coutalaminute", "prixminute", "prixunitaire", "preciominuto",
        "tarifaminuto", "valor", "precominuto", "costominuto", "стоимость", "ставка", "ценаминуты",
        "стоимостьминуты", "ucret", "tarife", "birimfiyat", "dakikaucreti", "费率", "价格", "单价", "资费",
        "rate", "price", "cost", "costmin", "ratemin", "pricemin", "costperminute", "rateperminute",
        "priceperminute", "priceminute", "rateminute", "rateinitial", "buyrate", "sellrate", "ratecost", "preis",
        "minutenpreis", "tarif", "tariff", "tarifa", "tariffa", "precio", "prix", "prezzo", "preco", "cena", "цена", "тариф",
        "costo", "coste", "cout", "custo", "stawka", "newrate", "newprice", "standardrate", "flatrate", "unitprice", "fiyat",
    ),
    "connect_fee": (
        "verbindungsgebuhr", "fraisconnexion", "fraisdeconnexion", "costeconexion", "cargoconexion",
        "cargodeconexion", "establecimiento", "establecimientodellamada", "taxaconexao", "taxadeconexao",
        "scattoallarisposta", "costoconnessione", "платазасоединение", "стоимостьсоединения", "baglantıucreti",
        "接通费", "接续费",
        "connectfee", "connectionfee", "connectcost", "connectioncost", "setupfee", "surcharge", "ratesurcharge",
        "connectionrate", "connectcharge", "connectioncharge", "setupcharge", "callsetup", "callsetupfee",
        "callsetupcharge", "setupcost", "flagfall", "connectprice", "verbindungsentgelt",
    ),
    "increment": (
        "incrementdefacturation", "pasdefacturation", "incremento", "incrementofacturacion", "тарификация",
        "шагтарификации", "интервалтарификации", "faturalandırmaaralıgı", "计费周期", "计费单位",
        "increment", "increments", "billingincrement", "billing", "billingincrements", "billingterms", "billinginterval",
        "chargingincrement", "takt", "taktung", "abrechnungstakt",
    ),
    "minimum": (
        "dureeminimale", "minimo", "duracionminima", "duracaominima", "durataminima", "минимум",
        "минимальнаядлительность",
        "minimum", "mcd", "initialincrement", "initialinterval", "mintime", "initblock", "rateminimum",
        "minimumduration", "firstincrement", "firstinterval", "minduration", "minimumtime", "initialblock", "initialperiod",
        "mindestdauer", "incrementfirst", "incrementinitial", "incrementminimum", "intervalfirst", "intervalinitial",
        "billingincrementfirst", "billingincrementinitial", "ersttakt", "initialbillingincrement", "minimumincrement", "increment1", "interval1",
    ),
    "pulse": (
        "pulse", "interval", "rateincrement", "recurringincrement", "nextincrement", "subsequentincrement",
        "subsequentinterval", "additionalincrement", "secondincrement", "followingincrement", "nextinterval", "billingblock",
        "incrementblock", "subsequentblock", "nextblock", "recurringinterval", "additionalinterval", "subsequentperiod",
        "folgetakt", "incrementnext", "incrementsubsequent", "incrementadditional", "intervalnext", "intervalsubsequent",
        "billingincrementnext", "billingincrementsubsequent", "subsequentbillingincrement", "increment2", "intervaln", "interval2",
    ),
    "grace": ("freecallupto", "freecallsupto", "ratenochargetime", "nochargetime"),
    "free_seconds": ("freeseconds", "freesecs", "freeofcharge", "firstsecondsfree"),
    "rounding": ("rounding", "roundingmethod"),
    "precision": ("precision", "decimals", "roundingprecision"),
    "status": (
        "status", "state",
        "statut", "etat", "estado", "situacao", "stato", "статус", "durum", "状态",
    ),
    "blocked": ("blocked", "block", "isblocked", "barred", "gesperrt", "bloqueado", "bloque", "bloccato", "disabled", "rejected"),
    "active": ("active", "enabled", "isactive", "allowed", "aktiv", "activo", "actif", "attivo"),
    "steps": ("steps",),
    "effective": (
        "gultigvon", "gueltigvon", "dateeffet", "datedeffet", "dateapplication", "datededebut", "fechaefectiva",
        "fechadeinicio", "fechavigencia", "datainicio", "datadeinicio", "datavigencia", "decorrenza", "validodal",
        "датаначаладеиствия", "датавступления", "gecerliliktarihi", "baslangıctarihi", "生效日期", "生效时间",
        "effective", "effectivedate", "effectivefrom", "startdate", "validfrom", "activationdate", "startingdate",
        "effectivedatetime", "activefrom", "datefrom", "fromdate", "starttime", "effectivetime", "begins", "begindate", "start",
        "validsince", "since", "gueltigab", "gultigab", "fechainicio", "datedebut", "datainizio", "vigencia",
        "dateeffective", "effectivestartdate", "rateeffectivedate", "дата", "датаначала",
    ),
    "end": (
        "datedefin", "dateexpiration", "fechadefin", "datafim", "datafinal", "validoal", "датаокончания",
        "bitistarihi", "失效日期", "截止日期",
        "end", "enddate", "endsat", "expires", "expiry", "expirydate", "expirationdate", "validto", "validuntil",
        "validtill", "deactivationdate", "endtime", "activeto", "activeuntil", "dateto", "todate", "enddatetime", "until", "expiration",
        "effectiveto", "effectiveuntil", "effectiveenddate", "gueltigbis", "gultigbis", "fechafin", "datefin", "datafine", "expiredate",
    ),
    "currency": (
        "currency", "currencycode", "curr", "ccy", "waehrung", "wahrung", "moneda", "devise", "valuta", "валюта",
        "monnaie", "moeda", "parabirimi", "币种", "货币",
    ),
    "attempt_fee": ("attemptfee",),
    "minimum_cost": ("minimumcost", "mincost", "minimumcallcost", "mincallcost"),
    "maximum_cost": ("maximumcost", "maxcost", "maximumcallcost", "maxcallcost"),
    "duration_rounding": ("durationrounding",),
    "pulse_anchor": ("pulseanchor",),
}  # fmt: skip
"""Our fields, and the headings that are taken for them: `deck_headings.Heading.name` or `.plain`."""

PRICES = ("rate", "connect_fee", "attempt_fee", "minimum_cost", "maximum_cost")


def is_price(field: str) -> bool:
    """Whether a field is an amount: one of `PRICES`, or such a one of a band."""
    return field.split(" ", 1)[0] in PRICES


SECONDS = ("increment", "minimum", "pulse", "grace", "free_seconds")

ASKED = {
    **dict.fromkeys(("grace", "gracetime", "graceseconds", "graceperiod", "karenz"), ("grace", "free_seconds")),
    **dict.fromkeys(("from", "start", "code1", "codefrom", "prefixfrom", "rangestart", "firstcode", "startcode", "startprefix",
                     "fromprefix", "fromcode", "begin", "von", "prefixstart"), ("prefix", "effective")),
    **dict.fromkeys(("to", "bis", "end"), ("prefix_to", "end")),
}  # fmt: skip
"""Headings that mean one field or another: their cells tell, or the user does."""

BY_TIME = "prices by time of day"
BY_STATE = "jurisdictional prices"
BY_ORIGIN = "prices by origin"
BY_PREFIX = "prices by the caller's number"
DECLARED = {
    BY_TIME: "are read where the card declares bands of their names",
    BY_STATE: "are read where the card declares jurisdictions",
    BY_ORIGIN: "are read where the card declares origins",
    BY_PREFIX: "are read where the card declares callers",
}
"""Prices that are read once the card says that it has such."""
BY_CALLER = words(
    "originprefix callerprefix aprefix anumber anumberprefix callingprefix srcprefix sourceprefix ani cli origincode"
    " origination origindialcode originset originationcode"
)
"""Headings of a column that names the caller's prefix of each row."""
REFUSED = {
    **dict.fromkeys(
        words(
            "inter intra ij interrate intrarate ijrate interstate intrastate interstaterate intrastaterate indeterminate indeterminaterate"
            " interprice intraprice indet indetrate jurisdiction"
        ),
        BY_STATE,
    ),
    **dict.fromkeys(
        words("local localrate international internationalrate origin originrate"),
        BY_ORIGIN,
    ),
    **dict.fromkeys(
        words(
            "timeslot peak offpeak weekend weekday peakrate offpeakrate weekendrate night nightrate day dayrate evening"
            " eveningrate economy reduced holiday timeband band daytime weekends nachts wochenende"
        ),
        BY_TIME,
    ),
    **dict.fromkeys(BY_CALLER, BY_PREFIX),
}
"""Headings of prices that are not one price a prefix, and what these are."""

_BEARS_WITHIN = (
    "rate", "price", "cost", "charge", "fee", "tarif", "preis", "precio", "prezzo", "preco", "gebuhr", "gebuehr",
    "kosten", "entgelt", "costo", "custo", "markup", "margin", "discount", "rabatt", "surcharge", "amount", "betrag", "peak", "weekend",
    "wochenende", "interstate", "intrastate", "indeterminate", "jurisdiction", "increment", "interval", "minimum", "grace",
    "duration", "rounding", "decimal", "precision", "effective", "expir", "activation", "valid", "currency", "block", "status",
    "direction", "inbound", "outbound", "pulse", "takt", "timeslot", "timeband", "timezone", "цена", "тариф", "стоимост", "blocked", "barred",
    "gultig", "gueltig", "cent", "premium", "commit", "threshold", "volume", "origin", "seconds",
)  # fmt: skip
_BEARS_ALONE = words(
    "min max from to until since start end begin date prix cena cout coste active enabled disabled inter intra night"
    " evening holiday day tax vat mwst iva tva tier step steps free initial initblock first next subsequent mcd cli ani caller"
    " band slot usd eur gbp sell buy ppm cpm action change operation zeit datum fecha tz"
)
_HARMLESS = words(
    "country continent region comment comments note notes remark remarks operator carrier network mcc mnc mccmnc iso"
    " isocode isocountrycode countryiso type priority strip prepend trunk id no nr line row category destinationtype"
    " numbertype linetype ocn lata lrn weight lcr asr acd quality capacity rank routeid rateid ratename rateplan ratesheet"
    " ratecard rategroup ratetable product productname supplier vendor vendorname countryname land pais pays paese"
    " createddate modifieddate creationdate modificationdate createdat updatedat updated created lastupdated lastupdate datecreated"
    " dateadded lastmodified datemodified language version operatorname carriername networkname destinationid prefixid"
    " numberlength length mindigits maxdigits minlength maxlength countryid areaname cityname city countryisocode iso2 iso3 e164"
    " numberingplan source sheet serial index sno seq sequence lerg company"
)


def is_harmless(name: str) -> bool:
    """Whether a heading is one of those that no price hangs on."""
    return name in _HARMLESS


def bears_on_money(name: str, parts: tuple[str, ...]) -> bool:
    """Whether a heading speaks of prices, fees, increments, blocking, directions or dates."""
    return any(part in name for part in _BEARS_WITHIN) or not _BEARS_ALONE.isdisjoint(
        (name, *parts)
    )
