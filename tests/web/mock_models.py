"""The journey models of the mock: six stages, fifty stages, and one with odd names."""

DAY_MS = 86_400_000


def _touchpoint(name, channel, owner, online=True, purposes=("offer",)):
    return {"name": name, "channel": channel, "online": online, "owner": owner,
            "purposes": list(purposes), "declared": True}


_SIX_TOUCHPOINTS = [
    _touchpoint("display-ad", "ads", "Marketing"),
    _touchpoint("newspaper-ad", "print", "Marketing", False),
    _touchpoint("social-feed", "social", "Marketing", True, ("dialogue", "offer")),
    _touchpoint("social-post", "social", "Marketing", True, ("dialogue",)),
    _touchpoint("trade-fair", "event", "Marketing", False, ("dialogue", "offer")),
    _touchpoint("search-engine", "search", "Marketing"),
    _touchpoint("home-page", "web", "Marketing"),
    _touchpoint("product-page", "web", "Marketing"),
    _touchpoint("guide", "web", "Marketing", True, ("dialogue",)),
    _touchpoint("data-sheet", "web", "Marketing"),
    _touchpoint("newsletter-form", "web", "Marketing", True, ("data_collection",)),
    _touchpoint("newsletter", "email", "Marketing", True, ("dialogue", "offer")),
    _touchpoint("comparison-tool", "web", "Sales"),
    _touchpoint("review-portal", "partner", "Marketing", True, ("dialogue",)),
    _touchpoint("sales-talk", "store", "Sales", False, ("dialogue", "offer")),
    _touchpoint("sales-visit", "sales", "Sales", False, ("dialogue", "offer")),
    _touchpoint("quote", "sales", "Sales", False),
    _touchpoint("store-floor", "store", "Sales", False, ("dialogue", "offer")),
    _touchpoint("till", "store", "Sales", False, ("offer", "data_collection")),
    _touchpoint("basket", "web", "Sales"),
    _touchpoint("checkout", "web", "Sales", True, ("offer", "data_collection")),
    _touchpoint("contract", "sales", "Sales", False, ("data_collection",)),
    _touchpoint("app-home", "app", "IT", True, ("dialogue",)),
    _touchpoint("account", "app", "IT", True, ("data_collection",)),
    _touchpoint("customer-portal", "web", "Service", True, ("dialogue",)),
    _touchpoint("help-page", "web", "Service", True, ("dialogue",)),
    _touchpoint("welcome-mail", "email", "Service", True, ("dialogue",)),
    _touchpoint("survey", "email", "Service", True, ("data_collection",)),
    _touchpoint("chat", "chat", "Service", True, ("dialogue",)),
    _touchpoint("delivery", "mail", "Logistics", False, ("dialogue",)),
    _touchpoint("invoice", "mail", "Finance", False, ("data_collection",)),
    _touchpoint("hotline", "hotline", "Service", False, ("dialogue",)),
    _touchpoint("service-desk", "service", "Service", False, ("dialogue",)),
    _touchpoint("repair-visit", "service", "Service", False, ("dialogue",)),
    _touchpoint("word-of-mouth", "social", "Marketing", False, ("dialogue",)),
]


def _stage(name, english, german, satisfaction, hours, targets, dimensions, onward, exits):
    """`onward`: stage -> chance of a stay to go on there; `exits`: how a stay ends otherwise."""
    keys = ("customer_activities", "customer_goal", "touchpoints_online", "touchpoints_offline",
            "company_goal", "kpis", "organisational_activity", "owner", "participants", "systems")
    return {"name": name, "titles": {"en": english, "de": german}, "satisfaction": satisfaction,
            "median_ms": int(hours * 3_600_000), "targets": targets,
            "dimensions": dict(zip(keys, dimensions)), "onward": onward, "exits": exits}


_SIX_STAGES = [
    _stage("inspiration", "Inspiration, recognition of a need",
           "Inspiration, Bedürfniserkennung", 3.7, 190,
           {"days": 14, "satisfaction": 4.0, "conversion": 0.30},
           (["reads newspaper ad"], "recognise need", ["display-ad", "social-feed"],
            ["newspaper-ad", "trade-fair"], "awareness", ["website visitors"],
            "develop campaigns", "Marketing", [], ["social media"]),
           {"information": .43, "comparison": .06, "purchase": .02}, {"abandoned": .31}),
    _stage("information", "Search for information", "Informationssuche", 3.9, 260,
           {"days": 21, "satisfaction": 4.0, "conversion": 0.40},
           (["searches", "subscribes"], "learn which offers meet the need",
            ["home-page", "product-page", "guide", "data-sheet", "newsletter-form", "newsletter"],
            ["store-floor"], "convey knowledge needed to decide", ["newsletter subscribers"],
            "provide content", "Marketing", ["IT"], ["analytics"]),
           {"comparison": .41, "inspiration": .07, "purchase": .09, "use": .01},
           {"abandoned": .22, "switched": .02}),
    _stage("comparison", "Planning, comparison of alternatives",
           "Planung, Alternativenvergleich", 3.4, 210,
           {"days": 14, "satisfaction": 4.0, "conversion": 0.50},
           (["narrows relevant set"], "choose well", ["review-portal", "comparison-tool"],
            ["sales-talk", "sales-visit", "quote"], "enter shortlist", ["quotes"], "advise",
            "Sales", [], ["CRM"]),
           {"purchase": .48, "information": .12, "inspiration": .02},
           {"abandoned": .15, "switched": .09}),
    _stage("purchase", "Decision, purchase", "Entscheidung, Erwerb", 4.1, 62,
           {"days": 7, "satisfaction": 4.0, "conversion": 0.80},
           (["orders", "signs"], "buy safely", ["basket", "checkout"],
            ["store-floor", "till", "contract"], "conversion", ["conversion rate"],
            "process order", "Sales", [], ["CRM", "shop"]),
           {"use": .74, "comparison": .05, "information": .03, "advocacy": .02},
           {"abandoned": .08, "switched": .02}),
    _stage("use", "Delivery, use", "Lieferung, Benutzung", 3.6, 940,
           {"satisfaction": 4.0, "conversion": 0.20},
           (["receives", "uses", "asks"], "solve need",
            ["app-home", "account", "welcome-mail", "customer-portal", "help-page", "chat"],
            ["delivery", "invoice", "hotline", "service-desk", "repair-visit"], "smooth use",
            ["resolution time"], "deliver, support", "Service", ["Logistics", "Finance"],
            ["ticketing"]),
           {"advocacy": .28, "purchase": .03}, {"completed": .34, "abandoned": .04,
                                                "switched": .03, "restarted": .05}),
    _stage("advocacy", "Rating, justifying, defending, standing up for the supplier",
           "Bewertung, begründen, verteidigen, einstehen", 4.4, 700,
           {"satisfaction": 4.0, "conversion": 0.20},
           (["rates", "defends", "recommends"], "justify choice",
            ["review-portal", "social-post", "survey"], ["word-of-mouth"], "positive reviews",
            ["NPS"], "proactive social-media outreach", "Service", ["Marketing"],
            ["social media"]),
           {"use": .17, "information": .04}, {"completed": .58, "expired": .03}),
]

# (id, what, day, aim, the measure it is judged by, where, owner, by how much it helped)
_SIX_INTERVENTIONS = [
    ("guest-checkout", {"en": "Order without an account", "de": "Bestellen ohne Konto"},
     "2024-01-26", "acquisition", "conversion", {"stage": "purchase"}, "Sales", .2),
    ("call-back", {"": "Call back within a day"}, "2024-02-01", "satisfaction", "satisfaction",
     {"touchpoint": "hotline", "channel": "hotline"}, "", -.3),
    ("new-guide", {"en": "A guide in three steps", "de": "Ein Ratgeber in drei Schritten"},
     "2024-02-18", "care", "duration", {"stage": "information"}, "Marketing", 0),
    ("app", {"en": "An app", "de": "Eine App"}, "2024-03-01", "retention", "bad_end_share",
     {"stage": "use"}, "", 0)]

SIX = {"family": "purchase", "name": "six-stages", "version": 2, "versions": [1, 2],
       "titles": {"en": "Six stages", "de": "Sechs Phasen"},
       "description": "From the first impulse to standing up for the supplier. A default, never a "
                      "norm: stages may be skipped, repeated and left in any order.",
       "personas": ["business", "family", "young"], "target_groups": ["consumers", "trade"],
       "touchpoints": _SIX_TOUCHPOINTS, "stages": _SIX_STAGES, "started": 12_480,
       "interventions": _SIX_INTERVENTIONS,
       "unused": {"trade-fair", "sales-visit", "data-sheet", "repair-visit"}}


def _fifty_stage(i, touchpoints):
    onward = {}
    if i < 49:
        onward[f"stage-{i + 2:02}"] = .86
    if i < 47 and i % 3 == 0:
        onward[f"stage-{i + 4:02}"] = .04
    if i > 4 and i % 4 == 0:
        onward[f"stage-{i - 3:02}"] = .03
    exits = {"abandoned": .02, "switched": .01} if i < 49 else {"completed": .9}
    names = [each["name"] for each in touchpoints]
    owner = "" if i % 17 == 11 else f"Department {1 + i % 9}"
    return _stage(f"stage-{i + 1:02}", f"Stage {i + 1}: a section of the way",
                  f"Phase {i + 1}: ein Abschnitt des Weges", 3.2 + (i * 7 % 13) / 10,
                  12 + (i * 37 % 300), {"days": 5 + i % 9, "satisfaction": 4.0,
                                        "conversion": .85},
                  ([f"does things of stage {i + 1}"], f"aim {i + 1}", names[:6], names[-3:],
                   f"company's aim {i + 1}", [f"KPI {i + 1}"], f"activity {i + 1}", owner,
                   [f"Department {1 + (i + 3) % 9}"], [f"system-{i % 7}"]), onward, exits)


def _fifty():
    channels = ["web", "app", "email", "store", "hotline", "social", "sales", "mail"]
    touchpoints = [_touchpoint(f"touchpoint-{i + 1:03}", channels[i % 8],
                               f"Department {1 + i % 9}", i % 8 not in (3, 4, 6, 7))
                   for i in range(200)]
    return {"family": "long", "name": "fifty-stages", "version": 1, "versions": [1],
            "titles": {"en": "Fifty stages", "de": "Fünfzig Phasen"},
            "description": "As long as a model may get: each stage with two hundred touchpoints.",
            "personas": [], "target_groups": [], "touchpoints": touchpoints,
            "stages": [_fifty_stage(i, touchpoints) for i in range(50)], "started": 9_800,
            "unused": {f"touchpoint-{i:03}" for i in range(160, 201)}}


FIFTY = _fifty()

LONG = "an-exceedingly-long-name-that-someone-made-by-a-program-" * 4
SCRIPT = "<script>window.pwned=1</script>"
IMAGE = "<img src=x onerror=\"window.pwned=1\">"
ARABIC = "الصفحة الرئيسية"
EMOJI = "🛒 basket 🎉👩‍👩‍👧"


def _odd():
    names = [SCRIPT, IMAGE, ARABIC, EMOJI, LONG, "javascript:alert(1)", "a/b?c=d#e&f%20g",
             "{{constructor}}", "Ünïcödé \u202egnirts", "0"]
    touchpoints = [_touchpoint(name, ["web", SCRIPT, "قناة", "🛍️"][i % 4], IMAGE, i % 2 == 0)
                   for i, name in enumerate(names)]
    dimensions = ([SCRIPT, LONG], IMAGE, names[:4], names[4:], ARABIC, [EMOJI, SCRIPT], LONG,
                  SCRIPT, [ARABIC, IMAGE], [EMOJI])
    stages = []
    for i, name in enumerate([SCRIPT, ARABIC, EMOJI, LONG]):
        onward = {} if i == 3 else {[SCRIPT, ARABIC, EMOJI, LONG][i + 1]: .6}
        stages.append(_stage(name, name, "" if i % 2 else name, 3.5, 24,
                             {"satisfaction": 4.0}, dimensions, onward,
                             {"abandoned": .2, "completed": .1}))
    return {"family": "odd", "name": IMAGE, "version": 1, "versions": [1],
            "titles": {"en": SCRIPT}, "description": LONG, "personas": [SCRIPT, ARABIC, LONG],
            "target_groups": [EMOJI], "touchpoints": touchpoints, "stages": stages,
            "started": 90, "unused": {"0"},
            "interventions": [
                (LONG, {"en": SCRIPT}, "2024-01-26", "care", "bad_end_share",
                 {"touchpoint": IMAGE, "channel": ARABIC}, LONG, .1),
                ("0", {}, "2024-01-27", "acquisition", "conversion", {"stage": LONG}, EMOJI, 0)]}


ODD = _odd()
