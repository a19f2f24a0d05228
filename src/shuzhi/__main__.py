"""`python -m shuzhi` is `shuzhi`."""

from shuzhi.node.cli import main

if __name__ == "__main__":
    main()
