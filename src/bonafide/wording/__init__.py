"""What people read: the sentences for reason codes, in the languages we speak."""

from bonafide.wording.language import Language
from bonafide.wording.phrases import phrase
from bonafide.wording.reasons import advice, sentence

__all__ = ["Language", "advice", "phrase", "sentence"]
