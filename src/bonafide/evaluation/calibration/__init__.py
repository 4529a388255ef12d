"""Making a calibration file: what one model's scores mean, measured on labelled pictures."""
