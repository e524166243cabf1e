"""The pages of support staff about KIS cloud; each module registers its own."""
