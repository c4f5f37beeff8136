"""What a citizen reads out or hears on the phone: the public reference and the call-back word."""

from __future__ import annotations

from collections.abc import Callable

# Letters and digits that are not mistaken for one another when read aloud or copied by hand.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

CALL_BACK_WORDS = (
    "abeille", "abricot", "acacia", "agneau", "alouette", "amande", "ananas", "ancre", "arbuste", "ardoise",
    "argile", "armoire", "artichaut", "aubépine", "avoine", "balance", "baleine", "balcon", "ballon", "bambou",
    "banane", "barque", "basilic", "bateau", "belette", "berger", "biche", "bleuet", "boussole", "bouton",
    "branche", "brioche", "brosse", "brouette", "bruyère", "buisson", "cabane", "cactus", "cahier", "caillou",
    "camion", "canapé", "canard", "cannelle", "capucine", "carafe", "carotte", "cartable", "castor", "cerise",
    "chaise", "chameau", "chandelle", "charrue", "chêne", "cheval", "chocolat", "cigale", "cigogne", "citron",
    "clairière", "clarinette", "clémentine", "clocher", "colline", "colombe", "comète", "coquille", "corbeille",
    "coton", "coussin", "crayon", "crevette", "cuillère", "cygne", "dauphin", "dentelle", "domino", "écharpe",
    "écureuil", "églantine", "éléphant", "épinard", "érable", "escalier", "escargot", "étagère", "étoile",
    "faisan", "falaise", "farine", "faucon", "fauteuil", "fenêtre", "figuier", "flûte", "fontaine", "forêt",
    "fougère", "fourmi", "fraise", "framboise", "galet", "gazelle", "genêt", "girafe", "girouette", "glacier",
    "glycine", "grenier", "grillon", "groseille", "guitare", "hamac", "hamster", "haricot", "harpe", "hérisson",
    "héron", "hibou", "hirondelle", "horloge", "jardin", "jasmin", "jonquille", "jumelles", "kangourou", "kiwi",
    "koala", "lagune", "laitue", "lampion", "lanterne", "lapin", "laurier", "lavande", "lentille", "libellule",
    "lièvre", "lilas", "limace", "loutre", "luciole", "lucarne", "luge", "magnolia", "maison", "mandarine",
    "manège", "marguerite", "marmite", "marmotte", "melon", "menthe", "mésange", "mimosa", "miroir", "mouette",
    "moulin", "muguet", "myrtille", "narcisse", "navire", "noisette", "nuage", "olive", "orange", "orchidée",
    "oreiller", "ortie", "otarie", "panier", "panda", "papillon", "parapluie", "pastèque", "pêcher", "pélican",
    "perdrix", "peuplier", "phare", "piano", "pigeon", "pinceau", "pivoine", "planète", "platane", "poireau",
    "poivron", "pomme", "pommier", "potiron", "poulain", "prairie", "primevère", "prunier", "quai", "radeau",
    "radis", "raisin", "rivage", "rivière", "romarin", "roseau", "ruche", "ruisseau", "sable", "safran",
    "salade", "sandale", "sapin", "sardine", "sauterelle", "savon", "sentier", "serviette", "soleil", "souris",
    "tabouret", "tambour", "tapis", "tilleul", "tisane", "toboggan", "tomate", "tonneau", "tortue", "tournesol",
    "traîneau", "trèfle", "trompette", "tulipe", "vague", "valise", "vanille", "verger", "violette", "violon",
    "voilier", "volcan", "wagon", "yaourt", "zèbre",
)  # fmt: skip


def draw_reference(below: Callable[[int], int]) -> str:
    """Draw a reference such as `BN-7K4Q-29`; 73 million exist, and the database refuses a second one.

    Args:
        below: returns a random integer in [0, n), such as `secrets.randbelow`.
    """
    return f"BN-{_draw(below)}"


def draw_booking_reference(below: Callable[[int], int]) -> str:
    """Draw a booking's reference such as `RV-7K4Q-29`; nobody mistakes it for a contact request's."""
    return f"RV-{_draw(below)}"


def draw_call_back_word(below: Callable[[int], int]) -> str:
    """Draw the word that the gendarme says first, so that the citizen knows who is calling."""
    return CALL_BACK_WORDS[below(len(CALL_BACK_WORDS))]


def normalise_reference(typed: str) -> str:
    """Return a reference as it is stored from what somebody typed: any case, spaces or missing hyphens."""
    bare = "".join(char for char in typed.upper() if char.isalnum())
    return f"{bare[:2]}-{bare[2:6]}-{bare[6:]}" if len(bare) == 8 else typed.strip().upper()


def _draw(below: Callable[[int], int]) -> str:
    letters = "".join(ALPHABET[below(len(ALPHABET))] for _ in range(4))
    return f"{letters}-{below(90) + 10}"
