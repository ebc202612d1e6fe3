"""How far people agree who labelled the same data unit: `scores` of whole label bodies, `overlap` of two objects,
and `assignment`, which pairs the objects of one with those of another.
"""
