"""x"""
from regulars.speech.phrases.en import PHRASES as PHRASES
