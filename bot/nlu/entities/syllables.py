"""What a Vietnamese syllable looks like without its accents: "phong" does, "phone" does not."""

import re
from typing import Final

SYLLABLE: Final = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?"
    r"(?:[aeiouy]|ai|ao|au|ay|eo|eu|ia|ie|ieu|iu|oa|oai|oay|oe|oi|ua|uay|ue|ui|uo|uoi|uou|uu|uy|uya"
    r"|uye|ye|yeu)(?:ng|nh|ch|[cmnpt])?"
)


def is_syllable(word: str) -> bool:
    """Whether a bare word can be Vietnamese."""
    return SYLLABLE.fullmatch(word) is not None
