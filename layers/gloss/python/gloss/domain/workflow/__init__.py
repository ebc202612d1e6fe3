"""How a task travels: `graph` (stages), `task` (what travels), `rules` (who may go where), `queue` (in which order).

`shape` proves a graph sound, `routers` draws pathways, `reviews` judges single labels, `issues` keeps what people say
about them, and `roles` says who works where.
"""
