"""Spanish: each piece of advice on a program with one sentence and one hint."""

ADVICE: dict[str, tuple[str, str]] = {
    # from the file alone
    "never.over": ("la regla `{rule}` nunca puede cumplirse: está abierta hasta el {day} y solo rige más tarde", "póngale días posteriores o quítela"),
    "never.event": ("la regla `{rule}` nunca puede cumplirse: nada envía `{event}`", "el programa no tiene nada con ese nombre; ¿está escrito como allí?"),
    "never.condition": ("la regla `{rule}` nunca puede cumplirse: sus condiciones no dejan ningún valor a `{fact}`", "`when`, `unless`, `lines`, `except` y la base deben cumplirse a la vez"),
    "never.limit": ("la regla `{rule}` nunca puede dar nada: su límite es cero", "póngale un límite mayor que cero o quítela"),
    "never.nothing": ("la regla `{rule}` nunca da nada: su cantidad es cero", "`multiply` por más de 1, `top_up` por encima de lo que ya hay, o dé más de 0"),
    "shadowed.instead": ("la regla `{rule}` nunca da nada: `{other}` la sustituye siempre que se cumple", "limite las condiciones de `{other}` o quite `{rule}`"),
    "shadowed.best": ("la regla `{rule}` nunca da nada: `{other}` nunca es menor y se cumple siempre que ella", "limite las condiciones de `{other}` o dé más"),
    "unbounded.activity": ("la regla `{rule}` es una promesa sin fin: `{event}` no cuesta nada y nada limita cuántas veces da", "escriba `at_most: once per day` u otro límite"),
    "unbounded.referral": ("la recomendación `{referral}` es una promesa sin fin: un amigo no paga nada y nada limita cuántos hay", "escriba `at_most: 10 times per year`, o que pague con una primera compra"),
    "unbounded.multiplier": ("el multiplicador `{rule}` es una promesa sin fin: nada limita por cuánto multiplica, o lo que multiplica", "escriba `at_most:` a su lado, o un número como factor"),
    "unbounded.voucher": ("el vale `{voucher}` no tiene último día", "escriba `lasts: 60 days`, o `lasts: never` si es lo que se quiere"),
    "reach.level": ("nada lleva al nivel `{level}` de `{ladder}`: ni marca, ni plan, ni regla", "póngale `at`, `any`, `all`, `cost` o `by`, o que una regla o un plan lo conceda"),
    "reach.ceiling": ("`{rule}` cuesta {cost} y el monedero no admite más de {ceiling}", "suba `ceiling` o baje el coste"),
    "reach.lapse": ("{wallet} caducan antes de que se pueda tener nada: a la vez viven como mucho {most}, y `{rule}` cuesta {cost}", "que duren más, suba los límites o baje el coste"),
    # from a history of events
    "seen.dear": ("`{rule}` cuesta {cost}; un miembro típico de estos eventos gana {earned} en un año", "la mitad de los miembros gana menos; baje el coste o dé más"),
    "seen.unearned": ("un miembro típico de estos eventos no gana {wallet}, y lo más barato cuesta {cost} (`{rule}`)", "más de la mitad de los miembros no gana nada; ¿encajan las reglas con estos eventos?"),
    "seen.lapse": ("{wallet} caducan antes de que un miembro típico de estos eventos pueda tener algo: {members} de {all} miembros perdieron una parte sin haber tenido nunca {cost} (`{rule}`)", "que duren más, o baje el coste"),
    "seen.level": ("nadie de estos eventos alcanza el nivel `{level}` de `{ladder}`", "lo máximo a lo que llega alguien es {most}; baje la marca, o deje el nivel para quienes vengan"),
    "seen.level_bare": ("nadie de estos eventos alcanza el nivel `{level}` de `{ladder}`", "baje sus marcas, o deje el nivel para quienes vengan"),
    "seen.silent": ("la regla `{rule}` no se cumplió nunca en estos eventos", "casi siempre por `{why}`"),
    "seen.no_event": ("la regla `{rule}` no se cumplió nunca en estos eventos: no hay ningún `{event}`", "¿lo llaman así estos eventos?"),
    "seen.silent_bare": ("la regla `{rule}` no se cumplió nunca en estos eventos", "mire sus días, sus líneas y lo que da"),
}  # fmt: skip
