"""The sentences in which a fact is told, by its kind and standing, in two manners."""

OTHER_MANNER = 100  # from this seed on

# Another model's manner: written once the check was, and before the check was run on it.
OTHER_WAYS: dict[str, tuple[str, ...]] = {
    "medicine False": (
        "Her present medication includes {name}, {dose} {often}.",
        "{name} was begun on {since} and is being continued.",
        "She is maintained on {name} ({dose}, {often}).",
        "At the moment {dose} of {name} is prescribed.",
        "{name} remains in use.",
    ),
    "medicine past": (
        "{name} has been discontinued.",
        "She used to take {name}.",
        "{name}, which she took before, is not part of her treatment now.",
        "Treatment with {name} came to an end in {until}.",
    ),
    "medicine refuted": ("She does not take {name}.", "{name} is not among her medicines."),
    "medicine avoid": ("{name} is contraindicated.", "She should not be given {name}."),
    "problem False": (
        "She has {name}.",
        "{name}, first noted {since}, is still current.",
        "Known for {name}.",
        "Ongoing conditions include {name}.",
    ),
    "problem past": (
        "She had {name} in earlier years.",
        "Previously: {name}.",
        "{name} has resolved.",
    ),
    "problem refuted": ("She does not have {name}.", "{name} has been excluded.", "No {name}."),
    "allergy False": ("{name} causes an allergic reaction.", "She cannot take {name}: allergic."),
    "measurement False": (
        "A {name} of {level} was obtained on {told}.",
        "Most recent {name}: {level} ({told}).",
        "The {name} result of {told} was {level}.",
        "{name} is currently {level}.",
    ),
    "score False": (
        "On the {name} she scored {level} ({told}).",
        "A {name} of {level} was recorded in {told}.",
        "Her latest {name} is {level}.",
    ),
    "procedure True": ("She underwent {name} on {told}.", "{name} was done ({told})."),
    "substance False": ("She uses {name}.", "There is ongoing use of {name}."),
    "substance True": ("She abstains from {name}.", "No {name}."),
}

WAYS: dict[str, tuple[str, ...]] = {
    "medicine False": (
        "The patient takes {name} {dose} {often}.",
        "The patient takes {name} {dose} {often} since {since}.",
        "{name} is part of the current regimen, {dose} {often}.",
        "Currently on {name} at {dose}.",
        "{name} {dose} continues.",
        "The patient takes {name}.",
    ),
    "medicine avoid": (
        "{name} is to be avoided.",
        "{name} must not be given.",
    ),
    "medicine refuted": (
        "{name} is not taken.",
        "The patient is not on {name}.",
    ),
    "medicine past": (
        "{name} is no longer taken.",
        "The patient is not on {name} any more.",
        "{name} is not being taken.",
        "{name} ended in {until}.",
    ),
    "problem False": (
        "There is a diagnosis of {name}.",
        "There is a diagnosis of {name} since {since}.",
        "The patient lives with {name}.",
        "{name} is an active problem.",
        "{name} has been known since {since}.",
    ),
    "problem past": (
        "{name} belongs to the past.",
        "There was {name} in the past.",
        "The patient has a history of {name}.",
    ),
    "problem refuted": (
        "There is no {name} at present.",
        "{name} is absent.",
        "No sign of {name} was found.",
    ),
    "allergy False": (
        "The patient is allergic to {name}.",
        "An allergy to {name} is on record.",
        "{name} must be avoided because of an allergy.",
    ),
    "measurement False": (
        "{name} was {level} on {told}.",
        "The latest {name} came back at {level}.",
        "On {told} the {name} stood at {level}.",
        "{name} measured {level} when last checked.",
    ),
    "score False": (
        "The {name} score was {level} on {told}.",
        "{name} totalled {level}.",
        "On {told} the patient scored {level} on the {name}.",
    ),
    "procedure True": (
        "{name} took place on {told}.",
        "The patient had {name}.",
    ),
    "substance False": (
        "{name} use continues.",
        "The patient uses {name}.",
    ),
    "substance True": (
        "The patient does not use {name}.",
        "No use of {name} at present.",
    ),
}
