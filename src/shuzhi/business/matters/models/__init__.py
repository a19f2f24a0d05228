from shuzhi.business.matters.models.library import Matter, Vocabulary

__all__ = ["Matter", "Vocabulary"]
