"""What the identity document shows. So far: whose portrait it carries."""

from bonafide.document.portrait import PortraitChoice, choose_portrait

__all__ = ["PortraitChoice", "choose_portrait"]
