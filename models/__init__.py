"""What an assessment is: the risk model, its calibration, contributions, reasons, rules and bundle."""
