"""Whether, where and how closely a frame is scanned for faces."""
