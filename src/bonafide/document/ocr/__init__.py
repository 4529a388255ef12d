"""From pixels to lines of text: PP-OCRv6 on onnxruntime, numpy and OpenCV."""

from bonafide.document.ocr.detect import TextDetector
from bonafide.document.ocr.line import Character, Line, TextBox
from bonafide.document.ocr.recognise import TextRecogniser

__all__ = ["Character", "Line", "TextBox", "TextDetector", "TextRecogniser"]
