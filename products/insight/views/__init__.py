"""The pages of figures: public ones, and those of the laboratory."""
